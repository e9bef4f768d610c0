CREATE TABLE a (id bigint, z text DEFAULT 'z'); CREATE TABLE b (y text) INHERITS (a); CREATE TABLE c () INHERITS (b);
