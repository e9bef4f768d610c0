CREATE TABLE p (id integer); CREATE UNIQUE INDEX p_id ON p (id); CREATE TABLE c (p integer REFERENCES p (id));
