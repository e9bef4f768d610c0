CREATE TABLE books (title text, id serial, number integer DEFAULT 1);
CREATE SEQUENCE numbers OWNED BY books.number;
