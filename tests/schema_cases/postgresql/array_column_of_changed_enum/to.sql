CREATE TYPE mood AS ENUM ('happy', 'ok', 'sad', 'tired');
CREATE TABLE diary (id integer PRIMARY KEY, moods mood[] NOT NULL DEFAULT '{ok}', grid mood[][], last mood);
CREATE INDEX diary_moods ON diary USING gin (moods);
CREATE VIEW latest AS SELECT id, moods[1] AS first FROM diary;
CREATE FUNCTION best(moods mood[]) RETURNS mood LANGUAGE sql AS 'SELECT moods[1]';
COMMENT ON COLUMN diary.moods IS 'one a day';
