"""right

Revision ID: a3
"""
import sqlalchemy as sa
from alembic import op

revision = "a3"
down_revision = "a1"
branch_labels = ["blue", "green"]
depends_on = None


def upgrade():
    op.execute("CREATE TABLE a3 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE a3")
