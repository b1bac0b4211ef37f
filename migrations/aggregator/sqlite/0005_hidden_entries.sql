-- Entries that the operator hides here: somebody asked for it. They stay hidden when their publisher
-- sends them again.
CREATE TABLE hidden_entry (
    group_id   BLOB    NOT NULL,
    collection TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (group_id, collection, key)
) WITHOUT ROWID;
