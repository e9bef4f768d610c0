-- migrator:renamed-from books
CREATE TABLE volumes (
    id integer GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME books_id_seq) CONSTRAINT books_pkey PRIMARY KEY,
    title text NOT NULL
);
