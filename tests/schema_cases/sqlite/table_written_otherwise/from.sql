CREATE TABLE Users (ID integer primary key, "Name" varchar(10) not null default 'x')
