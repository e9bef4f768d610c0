CREATE SCHEMA "My Schema"; CREATE TABLE "My Schema"."The Table" ("Id" integer PRIMARY KEY, "select" text);
