CREATE TABLE p (id integer NOT NULL, y integer) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
CREATE TABLE p3 (id integer NOT NULL, z integer CONSTRAINT p_z_not_null NOT NULL, y integer);
