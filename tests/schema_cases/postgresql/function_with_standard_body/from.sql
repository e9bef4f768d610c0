CREATE TABLE t (id integer PRIMARY KEY, a integer, b text); CREATE FUNCTION f() RETURNS integer BEGIN ATOMIC SELECT max(a) FROM t; END;
