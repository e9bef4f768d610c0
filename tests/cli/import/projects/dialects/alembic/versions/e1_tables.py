"""a table for both"""
import sqlalchemy as sa
from alembic import op

revision = "e1"
down_revision = None


def upgrade():
    op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("paid", sa.Boolean, nullable=False))
    op.execute("CREATE TABLE same (id INTEGER)")


def downgrade():
    op.execute("DROP TABLE same")
    op.drop_table("orders")
