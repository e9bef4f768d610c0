CREATE TABLE books (id integer NOT NULL, title text, price integer, at date);
SET check_function_bodies = off;
CREATE FUNCTION rank(id integer) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN (SELECT count(*) + id FROM public.shelf); END $$;
-- The index looks into the function for each row.
CREATE INDEX books_rank ON books (rank(id));
CREATE VIEW shelf AS SELECT 1 AS one;
