CREATE TABLE t (a integer, b integer, c text); CREATE STATISTICS s (mcv, dependencies) ON a, b FROM t;
CREATE STATISTICS e ON (lower(c)) FROM t; ALTER STATISTICS s SET STATISTICS 50;