-- put the first books on the shelves
--
-- A revision may change data as well as tables. The downgrade removes exactly these rows
-- and leaves what the shop has added since.
--
-- migrator:revision 4d7be05c8a12
-- migrator:revises 1f0c6a2e9b31
-- migrator:created 2026-01-12T11:40:00Z

-- migrator:upgrade
INSERT INTO authors (id, name) VALUES
    (1, 'Jane Austen'),
    (2, 'Mary Shelley'),
    (3, 'Herman Melville');

INSERT INTO books (id, author_id, title, price_cents) VALUES
    (1, 1, 'Emma', 1290),
    (2, 1, 'Pride and Prejudice', 1190),
    (3, 2, 'Frankenstein', 990),
    (4, 3, 'Moby Dick', 1490);

-- migrator:downgrade
DELETE FROM books WHERE id BETWEEN 1 AND 4;
DELETE FROM authors WHERE id BETWEEN 1 AND 3;
