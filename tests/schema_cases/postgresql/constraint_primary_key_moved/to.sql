CREATE TABLE t (id integer NOT NULL, a integer PRIMARY KEY, b text);
