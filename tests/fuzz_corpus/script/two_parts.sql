-- create accounts
--
-- More words about it, é 😀.
--
-- migrator:revision 3f2a9c1b7d04
-- migrator:revises 1975ea83b712, 27c6
-- migrator:depends-on 55af2cb1c267
-- migrator:branch-labels accounts
-- migrator:created 2026-11-20T10:33:00Z

-- migrator:upgrade
CREATE TYPE state AS ENUM ('open');
-- migrator:upgrade postgresql no-transaction
ALTER TYPE state ADD VALUE 'shut';
CREATE INDEX CONCURRENTLY accounts_name ON accounts (name);
-- migrator:upgrade sqlite foreign-keys=off

CREATE TABLE accounts (name text DEFAULT 'it''s; -- migrator:upgrade');
-- migrator:downgrade
DROP TABLE accounts;
-- migrator:downgrade no-transaction
DROP TYPE state;
