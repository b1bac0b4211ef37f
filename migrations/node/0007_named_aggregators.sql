-- Aggregators that the people of a group have named in the console, besides those of the
-- configuration. `by_host`: the host named it, so that its address may be in a private network.
CREATE TABLE named_aggregator (
    group_id BLOB NOT NULL REFERENCES publisher,
    address TEXT NOT NULL,
    by_host INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (group_id, address)
);
