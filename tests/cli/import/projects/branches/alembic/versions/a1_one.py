"""the first base

Revision ID: a1
"""
import sqlalchemy as sa
from alembic import op

revision = "a1"
down_revision = None
branch_labels = ("shop",)
depends_on = None


def upgrade():
    op.create_table("a", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("a")
