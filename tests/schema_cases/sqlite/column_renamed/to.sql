CREATE TABLE users (id INTEGER PRIMARY KEY, full_name TEXT NOT NULL, email TEXT);
CREATE INDEX n ON users (full_name);
CREATE VIEW v AS SELECT full_name FROM users;
CREATE TRIGGER g AFTER UPDATE OF full_name ON users BEGIN SELECT new.full_name; END;
