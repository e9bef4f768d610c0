CREATE TABLE d (id INTEGER PRIMARY KEY, body TEXT);
CREATE VIRTUAL TABLE d_text USING fts5 (body, content='d', content_rowid='id', tokenize = 'porter unicode61');
