CREATE TYPE c AS (a integer, b text, d date); CREATE TABLE t (c c);
