"""change everything that can be changed

Revision ID: d2
Revises: d1
"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "d2"
down_revision = "d1"


def upgrade():
    op.add_column("books", sa.Column("pages", sa.SmallInteger, nullable=True))
    op.alter_column("books", "pages", type_=sa.Integer, existing_type=sa.SmallInteger)
    op.alter_column("books", "pages", server_default="1", existing_type=sa.Integer)
    op.alter_column("books", "title", new_column_name="name", existing_type=sa.Text, existing_nullable=False)
    op.alter_column("authors", "name", existing_type=sa.String(80), type_=sa.String(120), comment="the full name")
    op.alter_column("authors", "born", nullable=False, existing_type=sa.Date)
    op.create_index("books_name", "books", ["name"])
    op.create_index("books_price", "books", [sa.text("price DESC")], postgresql_where=sa.text("price > 0"))
    op.create_index("authors_name", "authors", [sa.text("lower(name)")], unique=True)
    op.create_unique_constraint("letters", "shelves", ["letter"], schema="stock")
    op.create_check_constraint("letter_is_large", "shelves", "letter = upper(letter)", schema="stock")
    op.add_column("books", sa.Column("shelf_id", sa.Integer))
    op.create_foreign_key("shelf", "books", "shelves", ["shelf_id"], ["id"], referent_schema="stock", deferrable=True, initially="DEFERRED")
    op.create_table_comment("books", "what is sold", existing_comment=None)
    op.drop_table_comment("authors", existing_comment="who writes")
    op.create_table("notes", sa.Column("book_id", sa.BigInteger, nullable=False), sa.Column("note", sa.Text))
    op.create_primary_key("notes_key", "notes", ["book_id"])
    op.drop_constraint("price_is_not_negative", "books", type_="check")
    op.drop_index("books_price", table_name="books")
    op.drop_column("books", "data")
    op.rename_table("notes", "remarks")


def downgrade():
    op.drop_table("remarks")
    op.add_column("books", sa.Column("data", postgresql.JSONB))
    op.create_check_constraint("price_is_not_negative", "books", "price >= 0")
    op.create_table_comment("authors", "who writes")
    op.drop_table_comment("books")
    op.drop_constraint("shelf", "books", type_="foreignkey")
    op.drop_column("books", "shelf_id")
    op.drop_constraint("letter_is_large", "shelves", schema="stock", type_="check")
    op.drop_constraint("letters", "shelves", schema="stock", type_="unique")
    op.drop_index("authors_name", table_name="authors")
    op.drop_index("books_name", table_name="books")
    op.alter_column("authors", "born", nullable=True, existing_type=sa.Date)
    op.alter_column("authors", "name", existing_type=sa.String(120), type_=sa.String(80), comment="as on the cover")
    op.alter_column("books", "name", new_column_name="title", existing_type=sa.Text, existing_nullable=False)
    op.drop_column("books", "pages")
