CREATE TABLE sales (id integer, at date) PARTITION BY RANGE (at);
CREATE TABLE sales_1 PARTITION OF sales FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE sales_2 PARTITION OF sales DEFAULT;
CREATE INDEX sales_id ON ONLY sales (id);
CREATE INDEX sales_1_id ON sales_1 (id);
CREATE INDEX sales_2_id ON sales_2 (id);
ALTER INDEX sales_id ATTACH PARTITION sales_1_id;
ALTER INDEX sales_id ATTACH PARTITION sales_2_id;
