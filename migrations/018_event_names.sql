-- What a site's events are called, where a type is the slug of a free name ("Cart Added" is cart_added.x…). A row a name, not a
-- column of every event: a name is of its type, and a site has few. docs/storage-schema.md explains each column.
CREATE TABLE event_names (
  event_type TEXT NOT NULL,
  site TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (event_type, site)
) WITHOUT ROWID;
