-- find books by title
--
-- migrator:revision 2d51e7c90b3a
-- migrator:revises 1c8f20b4a9d1
-- migrator:created 2021-02-10T09:01:07Z

-- migrator:upgrade
CREATE INDEX books_title ON books (title);

-- migrator:downgrade
DROP INDEX books_title;
