CREATE TABLE t (id integer PRIMARY KEY, a integer DEFAULT 3, b text DEFAULT 'x');
