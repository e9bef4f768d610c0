CREATE TABLE books (id integer, title text);
ALTER TABLE books OWNER TO $keeper;
GRANT SELECT ON books TO $seller;
REVOKE TRUNCATE ON books FROM $keeper;
