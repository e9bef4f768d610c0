CREATE TABLE t (a integer, id serial);
