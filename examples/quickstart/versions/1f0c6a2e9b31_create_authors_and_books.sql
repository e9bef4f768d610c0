-- create authors and books
--
-- migrator:revision 1f0c6a2e9b31
-- migrator:created 2026-01-12T09:15:00Z

-- migrator:upgrade
CREATE TABLE authors (
    id integer PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE books (
    id integer PRIMARY KEY,
    author_id integer NOT NULL REFERENCES authors (id),
    title text NOT NULL,
    price_cents integer NOT NULL CHECK (price_cents >= 0)
);

-- migrator:downgrade
DROP TABLE books;
DROP TABLE authors;
