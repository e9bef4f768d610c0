-- the first books
--
-- migrator:revision 4f93b1d5206e
-- migrator:revises 3e02a6f8147c
-- migrator:created 2021-03-02T08:00:00Z

-- migrator:upgrade postgresql
INSERT INTO authors (id, name) VALUES (1, 'Seamus O''Hara'), (2, 'Mara Winter');

INSERT INTO books (id, author_id, title, price) VALUES (1, 1, 'Ten: a Story of 100% Wool', 1250);

INSERT INTO books (id, author_id, title, price) VALUES (2, 2, 'What''s Left?', 900);

-- migrator:upgrade sqlite
INSERT INTO authors (id, name) VALUES (1, 'Seamus O''Hara');

INSERT INTO authors (id, name) VALUES (2, 'Mara Winter');

INSERT INTO books (id, author_id, title, price) VALUES (1, 1, 'Ten: a Story of 100% Wool', 1250);

INSERT INTO books (id, author_id, title, price) VALUES (2, 2, 'What''s Left?', 900);

-- migrator:downgrade
DELETE FROM books WHERE id IN (1, 2);

DELETE FROM authors WHERE id IN (1, 2);
