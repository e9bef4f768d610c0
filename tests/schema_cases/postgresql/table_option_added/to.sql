CREATE TABLE t (a integer) WITH (autovacuum_enabled=false, fillfactor=70);
