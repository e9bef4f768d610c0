-- orders can be sent
--
-- PostgreSQL has a type for the states, SQLite only their longest name.
--
-- migrator:revision 9e41d7c6a208
-- migrator:revises 8d60a9e3b5f7
-- migrator:created 2021-08-20T15:45:12Z

-- migrator:upgrade postgresql no-transaction
ALTER TYPE order_state ADD VALUE 'sent';

-- migrator:upgrade postgresql
CREATE INDEX orders_sent ON orders (id) WHERE state = 'sent';

-- migrator:upgrade sqlite
-- its function does nothing on SQLite

-- migrator:irreversible
-- Alembic: NotImplementedError: an order that was sent cannot be called back
