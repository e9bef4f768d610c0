CREATE TABLE t (id numeric, name text);
CREATE SEQUENCE "t.seq" OWNED BY t.id;
