CREATE TABLE named (name text NOT NULL); CREATE TABLE dated (at date CHECK (at > '2000-01-01'));
CREATE TABLE books (pages integer) INHERITS (named);