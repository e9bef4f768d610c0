CREATE TABLE b (n integer);
