"""needs the other

Revision ID: b2
"""
import sqlalchemy as sa
from alembic import op

revision = "b2"
down_revision = "b1"
branch_labels = None
depends_on = "a4"


def upgrade():
    op.execute("CREATE VIEW b2 AS SELECT a2.x FROM a2, b1")


def downgrade():
    op.execute("DROP VIEW b2")
