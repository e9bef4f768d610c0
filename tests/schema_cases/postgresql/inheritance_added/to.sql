CREATE TABLE a (id integer, x text); CREATE TABLE b (id integer, x text, y text); ALTER TABLE b INHERIT a;
