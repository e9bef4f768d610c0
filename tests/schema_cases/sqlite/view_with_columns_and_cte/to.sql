CREATE TABLE t (a INT, b TEXT, c TEXT);
CREATE VIEW v (x, y) AS WITH q AS (SELECT a, b FROM t) SELECT a, b FROM q -- all of it
;
