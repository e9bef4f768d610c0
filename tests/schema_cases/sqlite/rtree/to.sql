CREATE TABLE t (a INT, b TEXT, c TEXT);
CREATE VIRTUAL TABLE places USING rtree (id, min_x, max_x, +name TEXT);
