-- Requests to correct an entry or to take it out, for the operator to read. Deleted after 30 days.
CREATE TABLE objection (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    group_id   BLOB    NOT NULL,
    collection TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    -- 1 to take it out, 2 to correct it.
    wish       INTEGER NOT NULL,
    words      TEXT    NOT NULL,
    reply      TEXT    NOT NULL,
    at         INTEGER NOT NULL
);
CREATE INDEX objection_at ON objection (at);
