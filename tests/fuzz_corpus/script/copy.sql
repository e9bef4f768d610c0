-- data
-- migrator:revision a1
-- migrator:upgrade postgresql
COPY t (a, b) FROM stdin;
1	\N
2	x;y
\.
-- migrator:upgrade
DO $body$ BEGIN NULL; END $body$;
-- migrator:irreversible
