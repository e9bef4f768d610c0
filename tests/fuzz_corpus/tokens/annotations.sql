-- migrator:renamed-from users
CREATE TABLE accounts (id int);
  -- migrator:x
'
-- migrator:in a string
'