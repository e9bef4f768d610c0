CREATE TABLE t (id integer PRIMARY KEY, a integer, b text); CREATE VIEW v AS SELECT a::bigint FROM t; CREATE VIEW w AS SELECT a FROM v;
