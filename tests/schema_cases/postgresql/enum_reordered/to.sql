CREATE TYPE mood AS ENUM ('happy', 'ok', 'sad'); CREATE TABLE t (m mood); CREATE INDEX t_m ON t (m);
