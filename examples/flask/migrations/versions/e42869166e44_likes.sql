-- likes
--
-- migrator:revision e42869166e44
-- migrator:revises 8dc6b7105840
-- migrator:created 2026-11-20T16:04:55Z

-- migrator:upgrade
-- proven on a scratch database: up, down and up again
-- alter table users
--   add column users.bio
ALTER TABLE users ADD COLUMN bio VARCHAR(160) DEFAULT '' NOT NULL;

-- create table likes
CREATE TABLE likes (
    user_id INTEGER NOT NULL,
    tweet_id INTEGER NOT NULL,
    PRIMARY KEY (user_id, tweet_id),
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    FOREIGN KEY(tweet_id) REFERENCES tweets (id) ON DELETE CASCADE
);

-- migrator:downgrade foreign-keys=off
-- drop table likes
--   hazard: data-loss, not-reversible
DROP TABLE likes;

-- alter table users
--   drop column users.bio
--   hazard: data-loss, not-reversible, table-rewrite
ALTER TABLE users DROP COLUMN bio;
