"""a merge

Revision ID: a4
"""
import sqlalchemy as sa
from alembic import op

revision = "a4"
down_revision = ("a2", "a3")
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
