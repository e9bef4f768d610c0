"""a batch, which only SQLite needs"""
import sqlalchemy as sa
from alembic import op

revision = "e3"
down_revision = "e2"


def upgrade():
    with op.batch_alter_table("orders") as batch:
        batch.add_column(sa.Column("total", sa.Numeric(10, 2), nullable=False, server_default="0"))
        batch.alter_column("paid", nullable=True, existing_type=sa.Boolean)


def downgrade():
    with op.batch_alter_table("orders") as batch:
        batch.alter_column("paid", nullable=False, existing_type=sa.Boolean)
        batch.drop_column("total")
