-- What a node keeps. Every table that belongs to a group has a key that begins
-- with the group's id. Hashes, ids and keys are 32-byte blobs; times are
-- milliseconds since 1970.

-- One row: what belongs to the whole store.
CREATE TABLE node (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    -- Names this store's order of revisions to those that follow it.
    stream_id TEXT NOT NULL,
    -- The last revision given out; rising, never used twice.
    revision INTEGER NOT NULL
);

CREATE TABLE publisher (
    group_id BLOB PRIMARY KEY CHECK (length(group_id) = 32),
    -- The host's own name for the group: of `[a-z0-9-]`.
    label TEXT NOT NULL UNIQUE,
    -- SHA-256 of the steward's token. The token itself is not kept here.
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    signing_seed BLOB NOT NULL CHECK (length(signing_seed) = 32),
    encryption_seed BLOB NOT NULL CHECK (length(encryption_seed) = 32),
    -- Revision of the newest change of key log or public head.
    revision INTEGER NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
);

CREATE TABLE key_event (
    group_id BLOB NOT NULL REFERENCES publisher,
    key_index INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    envelope BLOB NOT NULL,
    -- To the next recovery key; absent in a deactivation.
    commitment BLOB,
    PRIMARY KEY (group_id, key_index)
);
CREATE INDEX key_event_commitment ON key_event (commitment);

-- Records as their stewards last left them, of every audience. What of it is
-- under a head stands in `leaf`; where the two differ, edits wait.
CREATE TABLE record (
    group_id BLOB NOT NULL REFERENCES publisher,
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    -- `public`, `node-only`, or `circle:` and the circle's name.
    audience TEXT NOT NULL,
    record_hash BLOB NOT NULL CHECK (length(record_hash) = 32),
    length INTEGER NOT NULL,
    -- What the node changed before it hashed: a JSON array of sentences.
    adjustments TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (group_id, collection, key)
);
CREATE INDEX record_by_hash ON record (group_id, record_hash);

-- Bytes of records, by their hash: there as long as a record or a leaf names them.
CREATE TABLE body (
    group_id BLOB NOT NULL REFERENCES publisher,
    record_hash BLOB NOT NULL CHECK (length(record_hash) = 32),
    bytes BLOB NOT NULL,
    PRIMARY KEY (group_id, record_hash)
);

-- The newest head of each view.
CREATE TABLE head (
    group_id BLOB NOT NULL REFERENCES publisher,
    view TEXT NOT NULL,
    envelope BLOB NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    key_index INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    -- Differences are served from heads of at least this revision: of earlier
    -- ones, removals have been forgotten.
    floor_revision INTEGER NOT NULL,
    PRIMARY KEY (group_id, view)
);
CREATE INDEX head_issued ON head (issued_at);

-- Every head that was ever signed here, or taken back from an aggregator. Kept
-- for good: a head that is not here was signed elsewhere.
CREATE TABLE head_history (
    group_id BLOB NOT NULL REFERENCES publisher,
    view TEXT NOT NULL,
    key_index INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    envelope BLOB NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (group_id, view, key_index, seq)
);
CREATE UNIQUE INDEX head_history_hash ON head_history (group_id, view, hash);

-- The manifest under the newest head.
CREATE TABLE leaf (
    group_id BLOB NOT NULL REFERENCES publisher,
    view TEXT NOT NULL,
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    length INTEGER NOT NULL,
    record_hash BLOB NOT NULL CHECK (length(record_hash) = 32),
    -- Of the head that put it.
    revision INTEGER NOT NULL,
    PRIMARY KEY (group_id, view, collection, key)
);
CREATE INDEX leaf_by_hash ON leaf (group_id, record_hash);

-- Names that left the manifest, remembered for 30 days.
CREATE TABLE removal (
    group_id BLOB NOT NULL REFERENCES publisher,
    view TEXT NOT NULL,
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    removed_at INTEGER NOT NULL,
    PRIMARY KEY (group_id, view, collection, key)
);
CREATE INDEX removal_age ON removal (removed_at);

-- Why a group's signing was stopped by what an aggregator holds: it outlasts a
-- restart, until the newer head is taken or the keys are rotated.
CREATE TABLE stop (
    group_id BLOB NOT NULL REFERENCES publisher,
    view TEXT NOT NULL,
    -- `behind` or `equivocation`.
    reason TEXT NOT NULL,
    -- The head that was not signed here: with the node's own, the proof.
    held BLOB NOT NULL,
    aggregator TEXT NOT NULL,
    stopped_at INTEGER NOT NULL,
    PRIMARY KEY (group_id, view)
);

-- Answers to writes, so that a repeated request gets the same one.
CREATE TABLE request (
    group_id BLOB NOT NULL REFERENCES publisher,
    request_id TEXT NOT NULL,
    -- SHA-256 of the method's name and the request.
    content_hash BLOB NOT NULL CHECK (length(content_hash) = 32),
    response BLOB NOT NULL,
    answered_at INTEGER NOT NULL,
    PRIMARY KEY (group_id, request_id)
);
CREATE INDEX request_age ON request (answered_at);

-- Aggregators met: who they said they were at first, which their receipts must
-- prove ever after.
CREATE TABLE aggregator (
    address TEXT PRIMARY KEY,
    aggregator_id BLOB NOT NULL CHECK (length(aggregator_id) = 32),
    met_at INTEGER NOT NULL
);

CREATE TABLE aggregator_key_event (
    address TEXT NOT NULL REFERENCES aggregator ON DELETE CASCADE,
    key_index INTEGER NOT NULL,
    envelope BLOB NOT NULL,
    PRIMARY KEY (address, key_index)
);

-- What each aggregator holds of each group.
CREATE TABLE delivery (
    group_id BLOB NOT NULL REFERENCES publisher,
    aggregator TEXT NOT NULL,
    -- The Admission message that it last gave.
    admission BLOB NOT NULL,
    -- The head that it last acknowledged, with its receipt; absent before the first.
    acknowledged_hash BLOB,
    acknowledged_seq INTEGER,
    acknowledged_at INTEGER,
    receipt BLOB,
    -- Whether that head permits it to index.
    permitted INTEGER NOT NULL,
    -- Consecutive failures, and the last one in words; 0 and empty after a success.
    failures INTEGER NOT NULL,
    last_error TEXT NOT NULL,
    next_attempt_at INTEGER,
    PRIMARY KEY (group_id, aggregator)
);
