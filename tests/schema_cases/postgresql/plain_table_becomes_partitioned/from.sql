CREATE TABLE events (id integer GENERATED ALWAYS AS IDENTITY, kind text NOT NULL, at date, twice integer GENERATED ALWAYS AS (length(kind) * 2) STORED, gone text);
CREATE INDEX events_at ON events (at);
CREATE TABLE uses (id integer);
CREATE MATERIALIZED VIEW per_kind AS SELECT kind, count(*) FROM events GROUP BY kind;
CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not again'; END $$;
