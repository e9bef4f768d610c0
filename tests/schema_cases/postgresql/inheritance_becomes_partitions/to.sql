CREATE TABLE sales (id serial, region text NOT NULL, amount numeric(8, 2), at timestamp NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE sales_1 PARTITION OF sales FOR VALUES FROM (MINVALUE) TO ('2020-01-04');
CREATE TABLE sales_2 PARTITION OF sales FOR VALUES FROM ('2020-01-04') TO (MAXVALUE);
CREATE VIEW large AS SELECT id, amount FROM sales WHERE amount > 100;
COMMENT ON TABLE sales IS 'what was sold';
