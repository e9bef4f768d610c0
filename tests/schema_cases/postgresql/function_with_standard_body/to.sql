CREATE TABLE t (id integer PRIMARY KEY, a bigint, b text); CREATE FUNCTION f() RETURNS bigint BEGIN ATOMIC SELECT max(a) FROM t; END;
