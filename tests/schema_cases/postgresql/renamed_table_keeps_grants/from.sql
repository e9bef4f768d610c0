-- migrator:renamed-from volumes
CREATE TABLE books (
    id integer GENERATED ALWAYS AS IDENTITY,
    -- migrator:renamed-from caption
    title text
);
ALTER TABLE books OWNER TO $keeper;
GRANT SELECT ON books TO $reader;
GRANT UPDATE (title) ON books TO $reader;
GRANT USAGE ON SEQUENCE books_id_seq TO $reader;
