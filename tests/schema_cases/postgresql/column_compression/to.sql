CREATE TABLE t (id integer PRIMARY KEY, a integer, b text); ALTER TABLE t ALTER b SET COMPRESSION pglz;
