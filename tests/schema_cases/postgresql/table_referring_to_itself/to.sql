CREATE TABLE a (id integer PRIMARY KEY, parent integer REFERENCES a);
