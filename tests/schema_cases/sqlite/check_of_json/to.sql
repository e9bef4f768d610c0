CREATE TABLE t (a TEXT CHECK (json_valid(a)));
