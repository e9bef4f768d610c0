CREATE TABLE a (id integer); CREATE TABLE b (y text) INHERITS (a); CREATE TABLE c () INHERITS (b);
