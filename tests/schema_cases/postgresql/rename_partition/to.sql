CREATE TABLE events (day date NOT NULL, town text, PRIMARY KEY (day)) PARTITION BY RANGE (day);
CREATE TABLE events_old PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2025-01-01');
CREATE INDEX ON events (town);
