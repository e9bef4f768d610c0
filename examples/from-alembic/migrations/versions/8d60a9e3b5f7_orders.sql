-- orders
--
-- migrator:revision 8d60a9e3b5f7
-- migrator:revises 7c2be04f8d96
-- migrator:created 2021-06-01T12:00:00Z

-- migrator:upgrade postgresql
CREATE TYPE order_state AS ENUM ('open', 'paid');

CREATE TABLE orders (
  id SERIAL NOT NULL,
  customer_id INTEGER NOT NULL,
  book_id INTEGER NOT NULL,
  state order_state DEFAULT 'open' NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(customer_id) REFERENCES customers (id),
  FOREIGN KEY(book_id) REFERENCES books (id)
);

-- migrator:upgrade sqlite
CREATE TABLE orders (
  id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  book_id INTEGER NOT NULL,
  state VARCHAR(4) DEFAULT 'open' NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(customer_id) REFERENCES customers (id),
  FOREIGN KEY(book_id) REFERENCES books (id)
);

-- migrator:downgrade postgresql
DROP TABLE orders;

DROP TYPE order_state;

-- migrator:downgrade sqlite
DROP TABLE orders;
