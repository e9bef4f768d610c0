CREATE TABLE t (id numeric, name text);
