CREATE TABLE t (rowid TEXT, a TEXT CHECK (a <> ''));
