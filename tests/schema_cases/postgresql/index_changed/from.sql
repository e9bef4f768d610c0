CREATE TABLE t (id integer PRIMARY KEY, a integer, b text); CREATE INDEX i ON t (a);
