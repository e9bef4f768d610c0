"""orders can be sent

PostgreSQL has a type for the states, SQLite only their longest name.

Revision ID: 9e41d7c6a208
Revises: 8d60a9e3b5f7
Create Date: 2021-08-20 15:45:12.000000

"""
import sqlalchemy as sa
from alembic import op

revision = "9e41d7c6a208"
down_revision = "8d60a9e3b5f7"
branch_labels = None
depends_on = None


def upgrade():
    if op.get_context().dialect.name == "postgresql":
        # A value cannot be used in the transaction that adds it.
        with op.get_context().autocommit_block():
            op.execute("ALTER TYPE order_state ADD VALUE 'sent'")
        op.execute("CREATE INDEX orders_sent ON orders (id) WHERE state = 'sent'")


def downgrade():
    raise NotImplementedError("an order that was sent cannot be called back")
