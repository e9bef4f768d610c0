-- count the stock
--
-- The column is the same everywhere. PostgreSQL and SQLite write triggers differently, so each
-- has a section of its own; a section without a name of a database runs on both.
--
-- migrator:revision e7a48b1c02d9
-- migrator:revises c95f3e1a6d27
-- migrator:created 2026-05-22T10:00:00Z

-- migrator:upgrade
ALTER TABLE books ADD COLUMN stock integer NOT NULL DEFAULT 0;
UPDATE books SET stock = 10;

-- migrator:upgrade postgresql
CREATE FUNCTION take_from_stock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE books SET stock = stock - NEW.quantity WHERE id = NEW.book_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER order_lines_take_from_stock AFTER INSERT ON order_lines
FOR EACH ROW EXECUTE FUNCTION take_from_stock();

-- migrator:upgrade sqlite
CREATE TRIGGER order_lines_take_from_stock AFTER INSERT ON order_lines
BEGIN
    UPDATE books SET stock = stock - NEW.quantity WHERE id = NEW.book_id;
END;

-- migrator:downgrade postgresql
DROP TRIGGER order_lines_take_from_stock ON order_lines;
DROP FUNCTION take_from_stock();

-- migrator:downgrade sqlite
DROP TRIGGER order_lines_take_from_stock;

-- migrator:downgrade
ALTER TABLE books DROP COLUMN stock;
