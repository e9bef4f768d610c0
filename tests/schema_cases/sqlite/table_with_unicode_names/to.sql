CREATE TABLE bücher (titel TEXT, größe INTEGER CHECK (größe > 0));
CREATE INDEX bücher_größe ON bücher (größe);
