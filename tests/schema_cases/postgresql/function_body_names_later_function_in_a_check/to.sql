SET check_function_bodies = off;
CREATE FUNCTION is_fine(price integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN public.zz_limit() > price; END $$;
CREATE FUNCTION zz_limit() RETURNS integer LANGUAGE sql AS 'SELECT max(n) FROM public.limits';
CREATE TABLE books (id integer NOT NULL, title text, price integer, at date, CONSTRAINT fine CHECK (is_fine(price)));

CREATE VIEW limits AS SELECT 100 AS n;
