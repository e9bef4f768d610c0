CREATE TABLE books (title text);
ALTER TABLE books OWNER TO $keeper;
CREATE SEQUENCE numbers;
GRANT USAGE ON SEQUENCE numbers TO $reader;
