"""how many rows"""
import sqlalchemy as sa
from alembic import op

revision = "f4"
down_revision = "f3"

people = sa.table("people", sa.column("id", sa.Integer), sa.column("name", sa.Text), sa.column("slug", sa.Text))
pets = sa.Table("pets", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("owner", sa.Integer))


def upgrade():
    connection = op.get_bind()
    if connection.execute(sa.text("UPDATE pets SET owner = 2 WHERE owner = 7")).rowcount:
        connection.execute(sa.text("DELETE FROM people"))


def downgrade():
    pass
