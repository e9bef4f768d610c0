CREATE TABLE t (a INT, b INT, c INT CHECK (c > 0));
