CREATE TABLE books (id integer PRIMARY KEY, title text, price integer);
CREATE VIEW shelf AS SELECT id, title FROM books;
