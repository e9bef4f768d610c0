SET check_function_bodies = off;
CREATE FUNCTION fresh() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN (SELECT count(*) FROM public.zoo); END $$;
CREATE TABLE books (id integer NOT NULL, title text, price integer, at date, n bigint DEFAULT fresh() NOT NULL);
CREATE VIEW zoo AS SELECT 1 AS one;
