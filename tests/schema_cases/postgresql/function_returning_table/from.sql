CREATE TABLE t (id integer PRIMARY KEY, a integer, b text); CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM public.t';
