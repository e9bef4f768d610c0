"""needs a label

Revision ID: b3
"""
import sqlalchemy as sa
from alembic import op

revision = "b3"
down_revision = "b2"
branch_labels = None
depends_on = ("blue",)


def upgrade():
    op.execute("CREATE INDEX b3 ON a3 (x)")


def downgrade():
    op.execute("DROP INDEX b3")
