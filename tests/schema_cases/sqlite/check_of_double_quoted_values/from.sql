CREATE TABLE t (id INTEGER PRIMARY KEY, state TEXT CHECK ("state" IN ("new", "gone")));
