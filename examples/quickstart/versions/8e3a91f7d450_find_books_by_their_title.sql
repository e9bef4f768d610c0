-- find books by their title
--
-- On PostgreSQL the index is built while the shop stays open. That cannot be done inside a
-- transaction, so this section asks for none.
-- https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
--
-- migrator:revision 8e3a91f7d450
-- migrator:revises 4d7be05c8a12
-- migrator:created 2026-02-03T14:05:00Z

-- migrator:upgrade postgresql no-transaction
CREATE INDEX CONCURRENTLY books_title ON books (title);

-- migrator:upgrade sqlite
CREATE INDEX books_title ON books (title);

-- migrator:downgrade postgresql no-transaction
DROP INDEX CONCURRENTLY books_title;

-- migrator:downgrade sqlite
DROP INDEX books_title;
