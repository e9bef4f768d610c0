CREATE TABLE a (x integer, y integer, PRIMARY KEY (x, y));
CREATE TABLE b (x integer, y integer, CONSTRAINT up FOREIGN KEY (x, y) REFERENCES a ON DELETE SET NULL (y) ON UPDATE CASCADE);