"""a view of cheap books

Revision ID: c27da4f50be6
Revises: b16c93e4fad5
Create Date: 2023-09-08 07:06:05.000000

"""
import sqlalchemy as sa
from alembic import op

revision = "c27da4f50be6"
down_revision = "b16c93e4fad5"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE VIEW cheap_books AS SELECT id, title, price FROM books WHERE price < 1000")


def downgrade():
    op.execute("DROP VIEW cheap_books")
