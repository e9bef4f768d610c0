"""the first books

Revision ID: 4f93b1d5206e
Revises: 3e02a6f8147c
Create Date: 2021-03-02 08:00:00.000000

"""
import sqlalchemy as sa
from alembic import op

revision = "4f93b1d5206e"
down_revision = "3e02a6f8147c"
branch_labels = None
depends_on = None

authors = sa.table("authors", sa.column("id", sa.Integer), sa.column("name", sa.String))


def upgrade():
    op.bulk_insert(
        authors,
        [
            {"id": 1, "name": "Seamus O'Hara"},
            {"id": 2, "name": "Mara Winter"},
        ],
    )
    op.execute("INSERT INTO books (id, author_id, title, price) VALUES (1, 1, 'Ten: a Story of 100% Wool', 1250)")
    op.get_bind().execute(
        sa.text("INSERT INTO books (id, author_id, title, price) VALUES (:id, :author, :title, :price)"),
        {"id": 2, "author": 2, "title": "What's Left?", "price": 900},
    )


def downgrade():
    op.execute("DELETE FROM books WHERE id IN (1, 2)")
    op.execute("DELETE FROM authors WHERE id IN (1, 2)")
