-- Whether messages for the group may wait, sealed, at the aggregators that it is sent to.
ALTER TABLE publisher ADD COLUMN directory_messages INTEGER NOT NULL DEFAULT 0;

-- The aggregator at which a message waited. Empty for one of the group's own page.
ALTER TABLE message ADD COLUMN source TEXT NOT NULL DEFAULT '';

-- Aggregators at which the group's inbox may be open, until it is closed there.
CREATE TABLE open_inbox (
    group_id BLOB NOT NULL REFERENCES publisher,
    address TEXT NOT NULL,
    PRIMARY KEY (group_id, address)
);

-- Messages that were fetched: one that comes again has no effect.
CREATE TABLE fetched_message (
    group_id BLOB NOT NULL REFERENCES publisher,
    message_id BLOB NOT NULL CHECK (length(message_id) = 16),
    fetched_at INTEGER NOT NULL,
    PRIMARY KEY (group_id, message_id)
);
CREATE INDEX fetched_message_age ON fetched_message (fetched_at);
