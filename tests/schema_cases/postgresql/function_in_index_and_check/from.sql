CREATE FUNCTION f(integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT $1'; CREATE TABLE t (id integer PRIMARY KEY, a integer, b text, CHECK (f(a) > 0)); CREATE INDEX i ON t (f(a));
