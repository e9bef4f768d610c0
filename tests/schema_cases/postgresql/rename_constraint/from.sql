CREATE TABLE parents (id integer CONSTRAINT "Old.Key" PRIMARY KEY, n integer CONSTRAINT n_low CHECK (n > 1));
CREATE TABLE children (m text) INHERITS (parents);
CREATE TABLE friends (id integer CONSTRAINT of_parents REFERENCES parents (id));
CREATE DOMAIN score AS integer CONSTRAINT low CHECK (VALUE > 0);
CREATE INDEX "by n" ON parents (n) WHERE n > 3;
COMMENT ON INDEX "by n" IS 'sorted';
