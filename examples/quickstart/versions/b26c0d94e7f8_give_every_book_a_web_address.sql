-- give every book a web address
--
-- The column is added, filled from the title, and only then made unique.
--
-- migrator:revision b26c0d94e7f8
-- migrator:revises 8e3a91f7d450
-- migrator:created 2026-03-17T08:30:00Z

-- migrator:upgrade
ALTER TABLE books ADD COLUMN slug text NOT NULL DEFAULT '';
UPDATE books SET slug = lower(replace(title, ' ', '-'));
CREATE UNIQUE INDEX books_slug ON books (slug);

-- migrator:downgrade
DROP INDEX books_slug;
ALTER TABLE books DROP COLUMN slug;
