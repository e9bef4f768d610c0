CREATE TABLE t (a INT, CONSTRAINT not_negative CHECK (a > 0));
