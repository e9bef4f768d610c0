"""the second base

Revision ID: b1
"""
import sqlalchemy as sa
from alembic import op

revision = "b1"
down_revision = None
branch_labels = "accounts"
depends_on = None


def upgrade():
    op.execute("CREATE TABLE b1 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE b1")
