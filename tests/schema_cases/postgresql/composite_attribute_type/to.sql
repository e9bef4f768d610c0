CREATE TYPE c AS (a bigint, b text); CREATE TABLE t (c c);
