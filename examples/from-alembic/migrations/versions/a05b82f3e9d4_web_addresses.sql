-- web addresses of books
--
-- migrator:revision a05b82f3e9d4
-- migrator:revises 9e41d7c6a208
-- migrator:created 2022-01-14T11:11:11Z

-- migrator:upgrade postgresql
ALTER TABLE books ADD COLUMN slug VARCHAR(200);

UPDATE books SET slug = lower(replace(title, ' ', '-'));

ALTER TABLE books ALTER COLUMN slug SET NOT NULL;

ALTER TABLE books ADD CONSTRAINT books_slug UNIQUE (slug);

-- migrator:upgrade sqlite foreign-keys=off
ALTER TABLE books ADD COLUMN slug VARCHAR(200);

UPDATE books SET slug = lower(replace(title, ' ', '-'));

CREATE TABLE _alembic_tmp_books (
  id INTEGER NOT NULL,
  author_id INTEGER NOT NULL,
  title VARCHAR(300) NOT NULL,
  price INTEGER DEFAULT '0' NOT NULL,
  stock INTEGER DEFAULT '0' NOT NULL,
  slug VARCHAR(200) NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT books_author FOREIGN KEY(author_id) REFERENCES authors (id),
  CONSTRAINT books_slug UNIQUE (slug)
);

INSERT INTO _alembic_tmp_books (id, author_id, title, price, stock, slug) SELECT books.id, books.author_id, books.title, books.price, books.stock, books.slug
FROM books;

DROP TABLE books;

ALTER TABLE _alembic_tmp_books RENAME TO books;

CREATE INDEX books_title ON books (title);

-- migrator:downgrade postgresql
ALTER TABLE books DROP CONSTRAINT books_slug;

ALTER TABLE books DROP COLUMN slug;

-- migrator:downgrade sqlite foreign-keys=off
CREATE TABLE _alembic_tmp_books (
  id INTEGER NOT NULL,
  author_id INTEGER NOT NULL,
  title VARCHAR(300) NOT NULL,
  price INTEGER DEFAULT '0' NOT NULL,
  stock INTEGER DEFAULT '0' NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT books_author FOREIGN KEY(author_id) REFERENCES authors (id)
);

INSERT INTO _alembic_tmp_books (id, author_id, title, price, stock) SELECT books.id, books.author_id, books.title, books.price, books.stock
FROM books;

DROP TABLE books;

ALTER TABLE _alembic_tmp_books RENAME TO books;

CREATE INDEX books_title ON books (title);
