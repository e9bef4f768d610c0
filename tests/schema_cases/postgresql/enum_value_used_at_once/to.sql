CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy'); CREATE TABLE t (m mood DEFAULT 'happy', CHECK (m <> 'sad')); CREATE INDEX t_m ON t (m) WHERE m = 'happy';
