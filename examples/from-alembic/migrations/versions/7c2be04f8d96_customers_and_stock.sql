-- customers and stock
--
-- migrator:revision 7c2be04f8d96
-- migrator:revises 5a7d3c08e1f2, 6b14f95ad7c3
-- migrator:created 2021-05-17T09:30:00Z

-- migrator:upgrade

-- migrator:downgrade
