CREATE TYPE mood AS ENUM ('a', 'b', 'c', 'd', 'e, f', 'it''s'); CREATE TABLE t (m mood);
