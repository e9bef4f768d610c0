CREATE TABLE t (a integer, b text, c jsonb, p point);
CREATE INDEX t_brin ON t USING brin (a) WITH (pages_per_range = 8);
CREATE INDEX t_hash ON t USING hash (b) WITH (fillfactor = 60);
CREATE INDEX t_gin ON t USING gin (c jsonb_path_ops) WITH (fastupdate = off);
CREATE INDEX t_gist ON t USING gist (p);
CREATE INDEX t_spgist ON t USING spgist (p);
CREATE INDEX t_pattern ON t (b COLLATE "C" text_pattern_ops DESC NULLS LAST) INCLUDE (a) WHERE a IS NOT NULL;
CREATE UNIQUE INDEX t_lower ON t (lower(b), (a + 1));