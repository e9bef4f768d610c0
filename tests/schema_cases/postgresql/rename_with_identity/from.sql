CREATE TABLE readers (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "Full.Name" text NOT NULL
);
CREATE TABLE loans (reader integer REFERENCES readers (id));
CREATE INDEX ON readers ("Full.Name");
