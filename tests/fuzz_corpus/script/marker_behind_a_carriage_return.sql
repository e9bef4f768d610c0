-- a
-- migrator:revision a1
-- migrator:upgrade postgresql
SELECT 1;
-- migrator:upgrade
DO $b$ BEGIN NULL; END $b$;

-- migrator:irreversible
