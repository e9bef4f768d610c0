CREATE TABLE t (id integer PRIMARY KEY, a integer, b text); CREATE TABLE log (a integer); CREATE RULE r AS ON UPDATE TO t DO ALSO INSERT INTO log VALUES (NEW.id);
