CREATE TABLE events (id integer GENERATED ALWAYS AS IDENTITY, kind text NOT NULL, at timestamp, twice integer GENERATED ALWAYS AS (length(kind) * 2) STORED) PARTITION BY LIST (kind);
CREATE TABLE events_a PARTITION OF events FOR VALUES IN ('a2', 'a5');
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE INDEX events_at ON events (at);
CREATE TABLE uses (id integer);
CREATE MATERIALIZED VIEW per_kind AS SELECT kind, count(*) FROM events GROUP BY kind;
CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not again'; END $$;
CREATE TRIGGER stop BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION stop();
