CREATE TABLE books (id integer NOT NULL, title text, price integer, at date);

SET check_function_bodies = off;
CREATE FUNCTION total() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM public.zoo); END $$;
CREATE VIEW zoo AS SELECT title FROM books;
CREATE MATERIALIZED VIEW counted AS SELECT total() AS n;
