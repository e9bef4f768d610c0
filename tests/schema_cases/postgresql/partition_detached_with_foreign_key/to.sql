CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE p (id integer NOT NULL, user_id integer CONSTRAINT p_user REFERENCES users) PARTITION BY RANGE (id);
CREATE TABLE gone (id integer NOT NULL, user_id integer);
CREATE TABLE kept (id integer NOT NULL, user_id integer CONSTRAINT p_user REFERENCES users);
CREATE TABLE whole (id integer NOT NULL, user_id integer) PARTITION BY RANGE (id);
CREATE TABLE piece PARTITION OF whole DEFAULT;
