CREATE SCHEMA tools;
CREATE EXTENSION citext WITH SCHEMA tools;
COMMENT ON EXTENSION citext IS 'letters of any size';
CREATE TABLE t (a text, b tools.citext DEFAULT 'x');
CREATE INDEX t_b ON t (b);
