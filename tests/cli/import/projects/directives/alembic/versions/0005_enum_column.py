"""an enum that is made where it is missing"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "d5"
down_revision = "d4"

state = postgresql.ENUM("new", "old", name="state", create_type=False)


def upgrade():
    state.create(op.get_bind(), checkfirst=True)
    op.add_column("books", sa.Column("state", state, nullable=False, server_default="new"))
    if not sa.inspect(op.get_bind()).has_table("legacy"):
        op.create_table("legacy", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("legacy")
    op.drop_column("books", "state")
    state.drop(op.get_bind(), checkfirst=True)
