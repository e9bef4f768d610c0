-- a view of cheap books
--
-- migrator:revision c27da4f50be6
-- migrator:revises b16c93e4fad5
-- migrator:created 2023-09-08T07:06:05Z

-- migrator:upgrade
CREATE VIEW cheap_books AS SELECT id, title, price FROM books WHERE price < 1000;

-- migrator:downgrade
DROP VIEW cheap_books;
