CREATE TABLE sales (id serial, region text NOT NULL, amount numeric(8, 2), at timestamp NOT NULL);
CREATE TABLE sales_1 (CHECK (at < '2020-01-04'), CONSTRAINT sales_1_pkey PRIMARY KEY (id)) INHERITS (sales);
CREATE TABLE sales_2 (CHECK (at >= '2020-01-04')) INHERITS (sales);
CREATE VIEW large AS SELECT id, amount FROM sales WHERE amount > 100;
COMMENT ON TABLE sales IS 'what was sold';
