CREATE TABLE d (id INTEGER PRIMARY KEY, body TEXT, title TEXT);
CREATE VIRTUAL TABLE d_text USING fts5 (body, title, content='d', content_rowid='id');
