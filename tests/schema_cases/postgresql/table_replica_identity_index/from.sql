CREATE TABLE t (id integer PRIMARY KEY, a integer, b text); ALTER TABLE t ALTER a SET NOT NULL; CREATE UNIQUE INDEX t_a ON t (a);
