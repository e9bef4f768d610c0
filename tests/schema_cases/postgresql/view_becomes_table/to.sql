CREATE TABLE v (a integer);
