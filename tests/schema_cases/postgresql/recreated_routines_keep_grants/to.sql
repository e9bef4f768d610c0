CREATE FUNCTION total(price integer, tax integer DEFAULT 0) RETURNS bigint LANGUAGE sql IMMUTABLE SECURITY DEFINER AS 'SELECT price + tax';
COMMENT ON FUNCTION total(integer, integer) IS 'what is paid';
CREATE PROCEDURE settle(sum integer) LANGUAGE sql AS 'SELECT sum';
CREATE AGGREGATE longest(integer) (SFUNC = int4smaller, STYPE = integer);
CREATE AGGREGATE middle(double precision ORDER BY double precision) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE TABLE sales (price integer, due integer GENERATED ALWAYS AS (total(price, 1)) STORED);
