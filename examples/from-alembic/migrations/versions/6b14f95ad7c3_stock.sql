-- how many are there
--
-- migrator:revision 6b14f95ad7c3
-- migrator:revises 4f93b1d5206e
-- migrator:created 2021-05-12T10:10:10Z

-- migrator:upgrade postgresql
ALTER TABLE books ADD COLUMN stock INTEGER DEFAULT '0' NOT NULL;

ALTER TABLE books ALTER COLUMN title TYPE VARCHAR(300);

-- migrator:upgrade sqlite foreign-keys=off
CREATE TABLE _alembic_tmp_books (
  id INTEGER NOT NULL,
  author_id INTEGER NOT NULL,
  title VARCHAR(300) NOT NULL,
  price INTEGER DEFAULT '0' NOT NULL,
  stock INTEGER DEFAULT '0' NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT books_author FOREIGN KEY(author_id) REFERENCES authors (id)
);

INSERT INTO _alembic_tmp_books (id, author_id, title, price) SELECT books.id, books.author_id, books.title, books.price
FROM books;

DROP TABLE books;

ALTER TABLE _alembic_tmp_books RENAME TO books;

CREATE INDEX books_title ON books (title);

-- migrator:downgrade postgresql
ALTER TABLE books ALTER COLUMN title TYPE VARCHAR(200);

ALTER TABLE books DROP COLUMN stock;

-- migrator:downgrade sqlite foreign-keys=off
CREATE TABLE _alembic_tmp_books (
  id INTEGER NOT NULL,
  author_id INTEGER NOT NULL,
  title VARCHAR(200) NOT NULL,
  price INTEGER DEFAULT '0' NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT books_author FOREIGN KEY(author_id) REFERENCES authors (id)
);

INSERT INTO _alembic_tmp_books (id, author_id, title, price) SELECT books.id, books.author_id, books.title, books.price
FROM books;

DROP TABLE books;

ALTER TABLE _alembic_tmp_books RENAME TO books;

CREATE INDEX books_title ON books (title);
