CREATE TABLE publishers (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL, born INTEGER, died INTEGER);
CREATE TABLE books (id INTEGER PRIMARY KEY AUTOINCREMENT, author INTEGER NOT NULL REFERENCES authors (id) ON DELETE CASCADE, publisher INTEGER REFERENCES publishers (id), title TEXT NOT NULL, price REAL DEFAULT 0 CHECK (price >= 1), slug TEXT AS (lower(title)) STORED);
CREATE INDEX books_title ON books (title COLLATE NOCASE);
CREATE INDEX books_slug ON books (slug) WHERE slug IS NOT NULL;
CREATE VIEW cheap AS SELECT title, price FROM books WHERE price < 10;
CREATE VIEW cheapest AS SELECT min(price) AS price FROM cheap;
CREATE TRIGGER books_au AFTER UPDATE ON books BEGIN UPDATE authors SET born = born WHERE id = new.author; END;
