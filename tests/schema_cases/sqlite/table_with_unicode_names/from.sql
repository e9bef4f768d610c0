CREATE TABLE bücher (titel TEXT, größe INTEGER);
