CREATE UNLOGGED TABLE t (id integer PRIMARY KEY, a integer, b text);
