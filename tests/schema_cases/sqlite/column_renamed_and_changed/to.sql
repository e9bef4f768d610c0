CREATE TABLE users (id INTEGER PRIMARY KEY, full_name TEXT, email TEXT);
