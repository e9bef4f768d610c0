CREATE TABLE t (id integer PRIMARY KEY, a integer, b text) WITH (autovacuum_enabled=false, fillfactor=80);
