-- take orders
--
-- Orders with their lines, and a view of what sells best.
--
-- migrator:revision c95f3e1a6d27
-- migrator:revises b26c0d94e7f8
-- migrator:created 2026-04-09T16:20:00Z

-- migrator:upgrade
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

CREATE VIEW best_sellers AS
SELECT books.id, books.title, sum(order_lines.quantity) AS sold
FROM books
JOIN order_lines ON order_lines.book_id = books.id
GROUP BY books.id, books.title;

-- migrator:downgrade
DROP VIEW best_sellers;
DROP TABLE order_lines;
DROP TABLE orders;
