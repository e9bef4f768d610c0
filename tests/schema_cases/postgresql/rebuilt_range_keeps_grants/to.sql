CREATE TYPE span AS RANGE (SUBTYPE = bigint);
CREATE TABLE plans (at span);
