CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES accounts (id));
CREATE VIEW names AS SELECT name FROM accounts;
CREATE INDEX users_name ON accounts (name);
CREATE TRIGGER users_ai AFTER INSERT ON accounts BEGIN UPDATE accounts SET name = trim(name); END;
