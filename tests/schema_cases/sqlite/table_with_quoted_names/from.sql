CREATE TABLE "order" ("select" INTEGER PRIMARY KEY, "a b" TEXT, [c"d] TEXT, `e``f` TEXT);
