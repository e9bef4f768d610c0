CREATE TABLE t (id integer PRIMARY KEY, b text); CREATE VIEW v AS SELECT id, b FROM t;
