"""rows without looking at them"""
import sqlalchemy as sa
from alembic import op

revision = "f7"
down_revision = "f6"

people = sa.table("people", sa.column("id", sa.Integer), sa.column("name", sa.Text), sa.column("slug", sa.Text))
pets = sa.Table("pets", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("owner", sa.Integer))


def upgrade():
    op.get_bind().execute(people.update().where(people.c.slug.is_(None)).values(slug="none"))
    op.execute("INSERT INTO pets (owner) SELECT id FROM people")


def downgrade():
    pass
