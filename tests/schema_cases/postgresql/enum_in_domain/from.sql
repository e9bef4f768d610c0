CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy'); CREATE DOMAIN d AS mood CHECK (VALUE <> 'ok'); CREATE TABLE t (d d);
