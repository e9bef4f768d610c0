CREATE TABLE docs (title TEXT NOT NULL, body TEXT);
CREATE VIRTUAL TABLE docs_text USING fts5 (title, body, content='docs');
CREATE TRIGGER docs_ai AFTER INSERT ON docs BEGIN INSERT INTO docs_text (rowid, title, body) VALUES (new.rowid, new.title, new.body); END;
