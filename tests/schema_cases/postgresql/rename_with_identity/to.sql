CREATE TABLE members (
    number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "Full.Name" text NOT NULL
);
CREATE TABLE loans (reader integer REFERENCES members (number));
CREATE INDEX ON members ("Full.Name");
