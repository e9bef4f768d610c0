CREATE TABLE sales (at date NOT NULL, id integer CHECK (id > 0)) PARTITION BY RANGE (at);
CREATE INDEX sales_at ON sales (at);
CREATE TABLE sales_2020 (at date NOT NULL, id integer CONSTRAINT sales_id_check CHECK (id > 0));