CREATE TABLE t (id bigint PRIMARY KEY, a integer, b text); CREATE TABLE log (a bigint); CREATE RULE r AS ON UPDATE TO t DO ALSO INSERT INTO log VALUES (NEW.id);
