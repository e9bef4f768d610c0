"""what is not there"""
import sqlalchemy as sa
from alembic import op

revision = "f6"
down_revision = "f5"

people = sa.table("people", sa.column("id", sa.Integer), sa.column("name", sa.Text), sa.column("slug", sa.Text))
pets = sa.Table("pets", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("owner", sa.Integer))


def upgrade():
    if sa.inspect(op.get_bind()).has_table("legacy"):
        op.drop_table("legacy")


def downgrade():
    pass
