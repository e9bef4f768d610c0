CREATE TABLE books (id integer PRIMARY KEY, title text, price integer);
CREATE VIEW shelf AS SELECT id, title, price FROM books;
GRANT SELECT (id, title), UPDATE (price) ON shelf TO $reader;
