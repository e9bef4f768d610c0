-- lower-case addresses of customers
--
-- Two customers may turn out to be one, which only a program can tell.
--
-- migrator:revision b16c93e4fad5
-- migrator:revises a05b82f3e9d4
-- migrator:created 2022-03-30T17:05:59Z

-- migrator:upgrade
UPDATE customers SET email = lower(email);

-- migrator:downgrade
