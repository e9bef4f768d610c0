CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION many(VARIADIC all_of integer[]) RETURNS SETOF integer LANGUAGE sql AS 'SELECT unnest(all_of)';
CREATE FUNCTION pair(OUT a integer, OUT b text) LANGUAGE sql AS $$ SELECT 1, 'x' $$;