"""a loop over rows"""
import sqlalchemy as sa
from alembic import op

revision = "f2"
down_revision = "f1"

people = sa.table("people", sa.column("id", sa.Integer), sa.column("name", sa.Text), sa.column("slug", sa.Text))
pets = sa.Table("pets", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("owner", sa.Integer))


def upgrade():
    connection = op.get_bind()
    for row in connection.execute(sa.select(people.c.id, people.c.name)):
        connection.execute(people.update().where(people.c.id == row[0]).values(slug=row[1].lower()))


def downgrade():
    pass
