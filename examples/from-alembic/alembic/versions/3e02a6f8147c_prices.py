"""books have a price

In cents, so that nobody has to round.

Revision ID: 3e02a6f8147c
Revises: 2d51e7c90b3a
Create Date: 2021-03-01 16:40:00.500000

"""
import sqlalchemy as sa
from alembic import op

revision = "3e02a6f8147c"
down_revision = "2d51e7c90b3a"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("books", sa.Column("price", sa.Integer, nullable=False, server_default="0"))


def downgrade():
    with op.batch_alter_table("books") as batch:
        batch.drop_column("price")
