CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE DOMAIN d AS mood CHECK (VALUE <> 'happy'); CREATE TABLE t (d d);
