-- authors and books
--
-- migrator:revision 1c8f20b4a9d1
-- migrator:created 2021-02-03T10:15:42Z

-- migrator:upgrade postgresql
CREATE TABLE authors (
  id SERIAL NOT NULL,
  name VARCHAR(120) NOT NULL,
  PRIMARY KEY (id)
);

CREATE TABLE books (
  id SERIAL NOT NULL,
  author_id INTEGER NOT NULL,
  title VARCHAR(200) NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT books_author FOREIGN KEY(author_id) REFERENCES authors (id)
);

-- migrator:upgrade sqlite
CREATE TABLE authors (
  id INTEGER NOT NULL,
  name VARCHAR(120) NOT NULL,
  PRIMARY KEY (id)
);

CREATE TABLE books (
  id INTEGER NOT NULL,
  author_id INTEGER NOT NULL,
  title VARCHAR(200) NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT books_author FOREIGN KEY(author_id) REFERENCES authors (id)
);

-- migrator:downgrade
DROP TABLE books;

DROP TABLE authors;
