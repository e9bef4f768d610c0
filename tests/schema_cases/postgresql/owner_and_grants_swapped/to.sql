CREATE TABLE books (id integer, title text);
ALTER TABLE books OWNER TO $seller;
GRANT SELECT, UPDATE ON books TO $keeper;
REVOKE TRUNCATE, DELETE ON books FROM $seller;
