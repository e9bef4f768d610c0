-- Whatever runs a function when it is made stands before what the body of the function names, by kind and by name.
CREATE VIEW zz_limits AS SELECT 1 AS n;
CREATE TABLE zz_rows (n integer);
CREATE FUNCTION zz_factor(x integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT n + x FROM public.zz_limits';
CREATE FUNCTION doubled(x integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 2 * public.zz_factor(x)';
CREATE FUNCTION counted() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM public.zz_rows); END $$;
CREATE MATERIALIZED VIEW "zz rows" AS SELECT counted() AS n;
CREATE FUNCTION "Viewed"() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM public."zz rows"';
CREATE MATERIALIZED VIEW a_count AS SELECT "Viewed"() AS n;

CREATE DOMAIN small AS integer CHECK (doubled(VALUE) < 100);
CREATE TABLE a_table (id integer, dear bigint GENERATED ALWAYS AS (doubled(id)) STORED, CHECK (doubled(id) > 0), size small);
CREATE INDEX ON a_table (doubled(id));
CREATE INDEX ON a_table (id) WHERE doubled(id) > 7;
CREATE TABLE a_parted (id integer) PARTITION BY RANGE (doubled(id));

CREATE FUNCTION with_default(x bigint DEFAULT counted()) RETURNS bigint LANGUAGE sql AS 'SELECT x';
CREATE FUNCTION atomic() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT with_default(); END;
CREATE FUNCTION all_rows() RETURNS SETOF a_table LANGUAGE sql STABLE AS 'SELECT * FROM public.a_table';
CREATE VIEW a_view AS SELECT r.id, atomic() AS n FROM all_rows() r;
