CREATE TABLE t (id integer PRIMARY KEY, a bigint, b text); CREATE STATISTICS st (dependencies) ON a, b FROM t;
