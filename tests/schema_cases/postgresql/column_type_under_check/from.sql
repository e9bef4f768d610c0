CREATE TABLE t (id integer PRIMARY KEY, a integer, b text, CHECK (a > 0)); CREATE INDEX t_partial ON t (b) WHERE a > 5;
