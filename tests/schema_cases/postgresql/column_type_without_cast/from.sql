CREATE TABLE a (id integer PRIMARY KEY, u uuid, j json, x xml, b bytea);
