-- a
-- migrator:revision a1
-- migrator:upgrade
SELECT 1;
-- migrator: irreversible
