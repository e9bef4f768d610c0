SET check_function_bodies = off; CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM public.t'; CREATE TABLE u (n bigint DEFAULT f()); CREATE TABLE t (id integer);
