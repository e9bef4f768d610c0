-- books have a price
--
-- In cents, so that nobody has to round.
--
-- migrator:revision 3e02a6f8147c
-- migrator:revises 2d51e7c90b3a
-- migrator:created 2021-03-01T16:40:00Z

-- migrator:upgrade
ALTER TABLE books ADD COLUMN price INTEGER DEFAULT '0' NOT NULL;

-- migrator:downgrade postgresql
ALTER TABLE books DROP COLUMN price;

-- migrator:downgrade sqlite foreign-keys=off
CREATE TABLE _alembic_tmp_books (
  id INTEGER NOT NULL,
  author_id INTEGER NOT NULL,
  title VARCHAR(200) NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT books_author FOREIGN KEY(author_id) REFERENCES authors (id)
);

INSERT INTO _alembic_tmp_books (id, author_id, title) SELECT books.id, books.author_id, books.title
FROM books;

DROP TABLE books;

ALTER TABLE _alembic_tmp_books RENAME TO books;

CREATE INDEX books_title ON books (title);
