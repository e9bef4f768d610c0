CREATE TABLE a (id integer PRIMARY KEY, u jsonb, j jsonb, x bytea, b bytea);
