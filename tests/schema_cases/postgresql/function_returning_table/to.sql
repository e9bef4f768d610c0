CREATE TABLE t (id integer PRIMARY KEY, a integer, b text, c integer); CREATE FUNCTION f() RETURNS TABLE (x integer, y text) LANGUAGE sql AS 'SELECT id, b FROM public.t';
