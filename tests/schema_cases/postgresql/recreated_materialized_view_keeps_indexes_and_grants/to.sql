CREATE TABLE books (id integer PRIMARY KEY, author text, price bigint);
CREATE MATERIALIZED VIEW takings WITH (fillfactor = 70) AS SELECT author, sum(price) AS total FROM books GROUP BY author;
CREATE UNIQUE INDEX takings_author ON takings (author);
CREATE INDEX takings_total ON takings (total DESC) WHERE total > 10;
COMMENT ON INDEX takings_total IS 'for the list of the best';
COMMENT ON MATERIALIZED VIEW takings IS 'every night';
COMMENT ON COLUMN takings.total IS 'in cents';
CREATE MATERIALIZED VIEW idle AS SELECT price FROM books WITH NO DATA;
