-- the first users
--
-- migrator:revision 8dc6b7105840
-- migrator:revises 7c5290dbcc59
-- migrator:created 2026-11-20T16:04:22Z

-- migrator:upgrade
INSERT INTO users (name) VALUES ('ada'), ('grace');
INSERT INTO tweets (user_id, text) SELECT id, 'hello from ' || name FROM users;

-- migrator:downgrade
DELETE FROM tweets; DELETE FROM users;

