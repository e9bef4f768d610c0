"""tables of every kind

Enums, schemas, comments, defaults, computed and identity columns.

Revision ID: d1
Revises:
Create Date: 2024-03-01 09:30:00.123456

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "d1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE SCHEMA stock")
    op.create_table(
        "authors",
        sa.Column("id", sa.Integer, sa.Identity(always=True, start=100), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, comment="as on the cover"),
        sa.Column("born", sa.Date),
        comment="who writes",
    )
    op.create_table(
        "books",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("author_id", sa.Integer, sa.ForeignKey("authors.id", ondelete="CASCADE"), nullable=False),
        sa.Column("title", sa.Text, nullable=False, server_default="untitled"),
        sa.Column("binding", sa.Enum("hard", "soft", name="binding"), nullable=False, server_default="soft"),
        sa.Column("price", sa.Numeric(8, 2), nullable=False, server_default=sa.text("0")),
        sa.Column("taxed", sa.Numeric(10, 2), sa.Computed("price * 1.07", persisted=True)),
        sa.Column("tags", postgresql.ARRAY(sa.Text), server_default="{}"),
        sa.Column("data", postgresql.JSONB),
        sa.Column("added", sa.DateTime(timezone=True), server_default=sa.func.now()),
        sa.CheckConstraint("price >= 0", name="price_is_not_negative"),
        sa.UniqueConstraint("author_id", "title", name="one_title_each"),
    )
    op.create_table(
        "shelves",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("letter", sa.CHAR(1), nullable=False),
        schema="stock",
    )


def downgrade():
    op.drop_table("shelves", schema="stock")
    op.drop_table("books")
    op.drop_table("authors")
    op.execute("DROP TYPE binding")
    op.execute("DROP SCHEMA stock")
