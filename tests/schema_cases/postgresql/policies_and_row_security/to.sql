CREATE TABLE t (a integer, who text);
ALTER TABLE t FORCE ROW LEVEL SECURITY;
CREATE POLICY reads ON t FOR SELECT TO $reader, $clerk USING (who = current_user OR a = 1);
CREATE POLICY writes ON t AS RESTRICTIVE FOR UPDATE USING (true) WITH CHECK (a < 100);
CREATE POLICY adds ON t FOR INSERT TO $clerk WITH CHECK (who = session_user);