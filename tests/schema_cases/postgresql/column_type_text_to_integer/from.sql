CREATE TABLE t (id integer PRIMARY KEY, a text DEFAULT '7');
