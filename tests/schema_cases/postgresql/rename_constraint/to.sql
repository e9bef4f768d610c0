CREATE TABLE parents (id integer CONSTRAINT "New.Key" PRIMARY KEY, n integer CONSTRAINT n_high CHECK (n > 1));
CREATE TABLE children (m text) INHERITS (parents);
CREATE TABLE friends (id integer CONSTRAINT to_parents REFERENCES parents (id));
CREATE DOMAIN score AS integer CONSTRAINT high CHECK (VALUE > 0);
CREATE INDEX "ON n" ON parents (n) WHERE n > 3;
COMMENT ON INDEX "ON n" IS 'in order';
