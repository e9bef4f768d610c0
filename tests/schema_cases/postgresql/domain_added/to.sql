CREATE DOMAIN positive AS integer DEFAULT 1 NOT NULL CHECK (VALUE > 0); COMMENT ON DOMAIN positive IS 'p'; CREATE TABLE t (p positive);
