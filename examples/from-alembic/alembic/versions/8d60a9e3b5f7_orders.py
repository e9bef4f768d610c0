"""orders

Revision ID: 8d60a9e3b5f7
Revises: 7c2be04f8d96
Create Date: 2021-06-01 12:00:00.000000

"""
import sqlalchemy as sa
from alembic import op

revision = "8d60a9e3b5f7"
down_revision = "7c2be04f8d96"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("customer_id", sa.Integer, sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("book_id", sa.Integer, sa.ForeignKey("books.id"), nullable=False),
        sa.Column("state", sa.Enum("open", "paid", name="order_state"), nullable=False, server_default="open"),
    )


def downgrade():
    op.drop_table("orders")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TYPE order_state")
