CREATE TABLE t (id integer PRIMARY KEY, a integer, b text); COMMENT ON TABLE t IS E'it''s\nnew \\ '; COMMENT ON COLUMN t.a IS 'a'; COMMENT ON CONSTRAINT t_pkey ON t IS 'key';
