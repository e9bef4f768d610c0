-- migrator:renamed-from books
CREATE TABLE volumes (
    id integer GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME books_id_seq),
    -- migrator:renamed-from title
    caption varchar(40)
);
