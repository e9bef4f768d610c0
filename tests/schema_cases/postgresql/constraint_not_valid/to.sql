CREATE TABLE t (id integer PRIMARY KEY, a integer, b text); ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
