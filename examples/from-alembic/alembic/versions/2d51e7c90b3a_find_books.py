"""find books by title

Revision ID: 2d51e7c90b3a
Revises: 1c8f20b4a9d1
Create Date: 2021-02-10 09:01:07.000311

"""
import sqlalchemy as sa
from alembic import op

revision = "2d51e7c90b3a"
down_revision = "1c8f20b4a9d1"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("books_title", "books", ["title"])


def downgrade():
    op.drop_index("books_title", table_name="books")
