-- The bookshop as it shall be, on SQLite. Change it here, and `migrator revision --autogenerate` writes the
-- revision that leads to it.

CREATE TABLE authors (
    id integer PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE books (
    id integer PRIMARY KEY,
    author_id integer NOT NULL REFERENCES authors (id),
    title text NOT NULL,
    price_cents integer NOT NULL CHECK (price_cents >= 0),
    slug text NOT NULL DEFAULT '',
    stock integer NOT NULL DEFAULT 0
);

CREATE INDEX books_title ON books (title);
CREATE UNIQUE INDEX books_slug ON books (slug);

CREATE TABLE orders (
    id integer PRIMARY KEY,
    customer text NOT NULL,
    placed_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE order_lines (
    order_id integer NOT NULL REFERENCES orders (id),
    book_id integer NOT NULL REFERENCES books (id),
    quantity integer NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, book_id)
);

CREATE TRIGGER order_lines_take_from_stock AFTER INSERT ON order_lines
BEGIN
    UPDATE books SET stock = stock - NEW.quantity WHERE id = NEW.book_id;
END;

CREATE VIEW best_sellers AS
SELECT books.id, books.title, sum(order_lines.quantity) AS sold
FROM books
JOIN order_lines ON order_lines.book_id = books.id
GROUP BY books.id, books.title;
