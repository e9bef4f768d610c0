CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE c (id integer PRIMARY KEY, p bigint REFERENCES p);
