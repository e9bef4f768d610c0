CREATE TABLE t (id integer PRIMARY KEY, a integer, b text); ALTER TABLE t ADD CONSTRAINT must NOT NULL a;
