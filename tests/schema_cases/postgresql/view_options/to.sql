CREATE TABLE t (id integer PRIMARY KEY, a integer, b text); CREATE VIEW v WITH (security_barrier) AS SELECT a FROM t WITH LOCAL CHECK OPTION;
