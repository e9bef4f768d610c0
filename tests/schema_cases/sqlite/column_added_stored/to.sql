CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT, initial TEXT AS (substr(name, 1, 1)) STORED);
