create table [users] (
  -- the key
  id INTEGER PRIMARY KEY,
  name VARCHAR (10) DEFAULT 'x' NOT NULL
);
