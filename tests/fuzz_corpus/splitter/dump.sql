\restrict Abc123
SELECT pg_catalog.set_config('search_path', '', false);
COPY public.books (id, title) FROM stdin;
1	It's; $$ -- here
2	\\.
\.

COPY public.none (id) FROM stdin;
\.
\unrestrict Abc123
