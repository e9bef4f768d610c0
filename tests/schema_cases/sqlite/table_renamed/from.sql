CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users (id));
CREATE VIEW names AS SELECT name FROM users;
CREATE INDEX users_name ON users (name);
CREATE TRIGGER users_ai AFTER INSERT ON users BEGIN UPDATE users SET name = trim(name); END;
