CREATE TABLE t (id integer PRIMARY KEY, a integer, b text) WITH (toast.autovacuum_enabled=false);
