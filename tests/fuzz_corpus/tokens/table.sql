CREATE TABLE users (
  -- migrator:renamed-from name
  full_name TEXT NOT NULL DEFAULT 1.5e3, -- the name
  "a ""b" INT /* x */ CHECK ([c] <> 0x1F)
);
