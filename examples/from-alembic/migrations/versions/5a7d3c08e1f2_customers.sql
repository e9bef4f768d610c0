-- customers
--
-- migrator:revision 5a7d3c08e1f2
-- migrator:revises 4f93b1d5206e
-- migrator:branch-labels customers
-- migrator:created 2021-05-11T13:22:31Z

-- migrator:upgrade postgresql
CREATE TABLE customers (
  id SERIAL NOT NULL,
  email VARCHAR(200) NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT customers_email UNIQUE (email)
);

-- migrator:upgrade sqlite
CREATE TABLE customers (
  id INTEGER NOT NULL,
  email VARCHAR(200) NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT customers_email UNIQUE (email)
);

-- migrator:downgrade
DROP TABLE customers;
