"""the key of a new row"""
import sqlalchemy as sa
from alembic import op

revision = "f3"
down_revision = "f2"

people = sa.table("people", sa.column("id", sa.Integer), sa.column("name", sa.Text), sa.column("slug", sa.Text))
pets = sa.Table("pets", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("owner", sa.Integer))


def upgrade():
    connection = op.get_bind()
    key = connection.execute(pets.insert().values(owner=1)).inserted_primary_key[0]
    connection.execute(people.insert().values(name="owner of %d" % key))


def downgrade():
    pass
