CREATE PROCEDURE pay(amount integer, INOUT done boolean) LANGUAGE plpgsql AS $$ BEGIN done := true; END $$;
CREATE PROCEDURE gone() LANGUAGE sql AS 'SELECT 1';