CREATE SCHEMA "a.b";
CREATE TABLE "a.b"."c.d" ("e.f" integer GENERATED ALWAYS AS IDENTITY, n integer);
