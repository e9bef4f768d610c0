CREATE TABLE "order" ("select" INTEGER PRIMARY KEY, "a b" TEXT NOT NULL, [c"d] TEXT, `e``f` TEXT);
