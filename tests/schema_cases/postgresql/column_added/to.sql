CREATE TABLE t (id integer PRIMARY KEY, a integer, b text, c integer DEFAULT 7 NOT NULL, d timestamptz DEFAULT now());
