CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '5'); CREATE VIEW v AS SELECT total(1);
