"""authors and books

Revision ID: 1c8f20b4a9d1
Revises: 
Create Date: 2021-02-03 10:15:42.118204

"""
import sqlalchemy as sa
from alembic import op

revision = "1c8f20b4a9d1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "authors",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
    )
    op.create_table(
        "books",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("author_id", sa.Integer, sa.ForeignKey("authors.id", name="books_author"), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
    )


def downgrade():
    op.drop_table("books")
    op.drop_table("authors")
