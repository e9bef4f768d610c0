CREATE TABLE a (id integer, x text CHECK (x <> '')); CREATE TABLE b (y text) INHERITS (a);
