CREATE TABLE t (a INT /* first */, -- one
 b INT -- two
);
