CREATE TYPE mood AS ENUM ('happy', 'ok', 'sad');
COMMENT ON TYPE mood IS 'how it is';
CREATE DOMAIN feeling AS mood;
CREATE TYPE day AS (at date, how feeling);
CREATE TABLE diary (id integer, mood mood, moods mood[], felt feeling, day day);
