CREATE TABLE t (a INT, b TEXT, c TEXT);
CREATE INDEX i ON t (upper(b), a DESC);
