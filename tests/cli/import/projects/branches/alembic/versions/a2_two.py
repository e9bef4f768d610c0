"""left

Revision ID: a2
"""
import sqlalchemy as sa
from alembic import op

revision = "a2"
down_revision = "a1"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE a2 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE a2")
