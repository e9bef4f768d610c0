"""web addresses of books

Revision ID: a05b82f3e9d4
Revises: 9e41d7c6a208
Create Date: 2022-01-14 11:11:11.000000

"""
import sqlalchemy as sa
from alembic import op

revision = "a05b82f3e9d4"
down_revision = "9e41d7c6a208"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("books", sa.Column("slug", sa.String(200)))
    op.execute("UPDATE books SET slug = lower(replace(title, ' ', '-'))")
    with op.batch_alter_table("books") as batch:
        batch.alter_column("slug", existing_type=sa.String(200), nullable=False)
        batch.create_unique_constraint("books_slug", ["slug"])


def downgrade():
    with op.batch_alter_table("books") as batch:
        batch.drop_constraint("books_slug", type_="unique")
        batch.drop_column("slug")
