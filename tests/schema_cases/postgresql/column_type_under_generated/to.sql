CREATE TABLE t (id integer PRIMARY KEY, a bigint, g bigint GENERATED ALWAYS AS (a * 2) STORED);
