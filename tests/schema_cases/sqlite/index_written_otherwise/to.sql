CREATE TABLE t (a INT, b TEXT, c TEXT);
create index if not exists i on "t" ( A , b );
