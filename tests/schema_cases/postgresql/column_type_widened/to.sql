CREATE TABLE t (id bigint PRIMARY KEY, a bigint, b varchar(200));
