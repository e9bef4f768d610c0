"""rows, with text and parameters"""
import datetime
import decimal

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "d3"
down_revision = "d2"

authors = sa.table("authors", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("born", sa.Date))
books = sa.table(
    "books",
    sa.column("id", sa.BigInteger),
    sa.column("author_id", sa.Integer),
    sa.column("name", sa.Text),
    sa.column("price", sa.Numeric),
    sa.column("tags", postgresql.ARRAY(sa.Text)),
    sa.column("added", sa.DateTime(timezone=True)),
)


def upgrade():
    op.execute("INSERT INTO authors (id, name, born) OVERRIDING SYSTEM VALUE VALUES (1, 'O''Hara: 100% \\ mine', '1905-01-31')")
    op.execute(sa.text("UPDATE authors SET name = name || :suffix").bindparams(suffix=" it's \\ 5%:x\t?"))
    op.execute(authors.update().where(authors.c.id == 1).values(born=datetime.date(1906, 2, 1)))
    op.bulk_insert(
        books,
        [
            {
                "id": 1,
                "author_id": 1,
                "name": "two\nlines; and a -- dash",
                "price": decimal.Decimal("12.50"),
                "tags": ["a,b", 'c"d', "e'f"],
                "added": datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc),
            },
            {"id": 2, "author_id": 1, "name": "", "price": decimal.Decimal("0"), "tags": None, "added": None},
        ],
        multiinsert=False,
    )
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE books SET name = :name WHERE id = :id"), {"name": "100%(x)s", "id": 2})
    op.execute("""
        CREATE FUNCTION price_in_cents(book bigint) RETURNS bigint LANGUAGE plpgsql AS $$
        BEGIN
            -- a comment; with a semicolon
            RETURN (SELECT price * 100 FROM books WHERE id = book);
        END
        $$;
    """)
    op.execute("CREATE VIEW cheap AS SELECT id FROM books WHERE price < 10 -- the last word")


def downgrade():
    op.execute("DROP VIEW cheap; DROP FUNCTION price_in_cents(bigint)")
    op.execute(books.delete())
    op.execute(authors.delete())
