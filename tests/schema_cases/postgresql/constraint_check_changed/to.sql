CREATE TABLE t (id integer PRIMARY KEY, a integer, b text, CONSTRAINT positive CHECK (a > 1));
