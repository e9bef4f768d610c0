CREATE TABLE books (id integer NOT NULL, title text, price integer, at date);
