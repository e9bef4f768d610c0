-- users and tweets
--
-- migrator:revision 7c5290dbcc59
-- migrator:created 2026-11-20T16:04:16Z

-- migrator:upgrade sqlite
-- proven on a scratch database: up, down and up again
-- create table users
CREATE TABLE users (
    id INTEGER NOT NULL,
    name VARCHAR(30) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
);

-- create table tweets
CREATE TABLE tweets (
    id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    text VARCHAR(280) NOT NULL,
    written DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

-- create index ix_tweets_user_id
CREATE INDEX ix_tweets_user_id ON tweets (user_id);

-- migrator:upgrade postgresql
CREATE TABLE users (
    id SERIAL NOT NULL,
    name VARCHAR(30) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
);

CREATE TABLE tweets (
    id SERIAL NOT NULL,
    user_id INTEGER NOT NULL,
    text VARCHAR(280) NOT NULL,
    written TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX ix_tweets_user_id ON tweets (user_id);

-- migrator:downgrade sqlite foreign-keys=off
-- drop table tweets
--   hazard: data-loss, not-reversible
DROP TABLE tweets;

-- drop table users
--   hazard: data-loss, not-reversible
DROP TABLE users;

-- migrator:downgrade postgresql
DROP TABLE tweets;
DROP TABLE users;
