CREATE TABLE u (k integer);
