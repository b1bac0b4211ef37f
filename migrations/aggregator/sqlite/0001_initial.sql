-- What an aggregator holds. Every table's key begins with the group id, so that a
-- database spread over several machines can distribute them all by it. Rowid tables:
-- faster than WITHOUT ROWID for values of about 1 KiB. Times are milliseconds since 1970.

-- One row: this aggregator itself, under its own group id.
CREATE TABLE server (
    group_id        BLOB    NOT NULL PRIMARY KEY,
    -- Name of the stream of revisions; a new one after a restore from backup.
    stream_id       TEXT    NOT NULL,
    -- The newest revision taken.
    revision        INTEGER NOT NULL,
    -- Removals up to this revision may have been forgotten.
    pruned_revision INTEGER NOT NULL
);

CREATE TABLE known_group (
    group_id       BLOB    NOT NULL PRIMARY KEY,
    tip            BLOB    NOT NULL,
    tip_index      INTEGER NOT NULL,
    ended          INTEGER NOT NULL DEFAULT 0,
    forked         INTEGER NOT NULL DEFAULT 0,
    lapsed         INTEGER NOT NULL DEFAULT 0,
    -- Whether its records are shown, and the revision at which that last changed.
    shown          INTEGER NOT NULL DEFAULT 0,
    shown_revision INTEGER NOT NULL DEFAULT 0,
    revision       INTEGER NOT NULL,
    first_seen     INTEGER NOT NULL
);
CREATE UNIQUE INDEX known_group_revision ON known_group (revision);
CREATE INDEX known_group_shown_revision ON known_group (shown_revision);

-- By the operator's decision; also of groups that were never seen.
CREATE TABLE exclusion (
    group_id BLOB    NOT NULL PRIMARY KEY,
    reason   TEXT    NOT NULL,
    at       INTEGER NOT NULL
);

CREATE TABLE key_event (
    group_id    BLOB    NOT NULL REFERENCES known_group (group_id),
    event_index INTEGER NOT NULL,
    hash        BLOB    NOT NULL,
    envelope    BLOB    NOT NULL,
    commitment  BLOB,
    PRIMARY KEY (group_id, event_index)
);
CREATE INDEX key_event_commitment ON key_event (commitment) WHERE commitment IS NOT NULL;

-- Key events beside the log that is held: the proof of a fork.
CREATE TABLE rival_key_event (
    group_id    BLOB    NOT NULL REFERENCES known_group (group_id),
    hash        BLOB    NOT NULL,
    event_index INTEGER NOT NULL,
    envelope    BLOB    NOT NULL,
    found_at    INTEGER NOT NULL,
    PRIMARY KEY (group_id, hash)
);

-- What outlives the head that is held.
CREATE TABLE view_state (
    group_id          BLOB    NOT NULL REFERENCES known_group (group_id),
    view              TEXT    NOT NULL,
    -- The highest head ever accepted: kept for good.
    highest           BLOB,
    highest_hash      BLOB,
    highest_key_index INTEGER,
    highest_seq       INTEGER,
    frozen_index      INTEGER,
    limit_name        TEXT,
    limit_until       INTEGER,
    tokens            INTEGER,
    tokens_at         INTEGER,
    PRIMARY KEY (group_id, view)
);

CREATE TABLE head (
    group_id    BLOB    NOT NULL REFERENCES known_group (group_id),
    view        TEXT    NOT NULL,
    envelope    BLOB    NOT NULL,
    hash        BLOB    NOT NULL,
    key_index   INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    root        BLOB    NOT NULL,
    leaf_count  INTEGER NOT NULL,
    issued_at   INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    -- Whether its leaves are held.
    whole       INTEGER NOT NULL,
    invited     INTEGER NOT NULL,
    unconfirmed INTEGER NOT NULL DEFAULT 0,
    endpoint    TEXT,
    bytes       INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    PRIMARY KEY (group_id, view)
);
CREATE INDEX head_expires_at ON head (expires_at);
CREATE INDEX head_endpoint ON head (endpoint) WHERE endpoint IS NOT NULL;

-- Revision of each head that was in force, for differences from it.
CREATE TABLE head_history (
    group_id      BLOB    NOT NULL,
    view          TEXT    NOT NULL,
    hash          BLOB    NOT NULL,
    revision      INTEGER NOT NULL,
    -- NULL: still in force.
    superseded_at INTEGER,
    PRIMARY KEY (group_id, view, hash)
);
CREATE INDEX head_history_superseded_at ON head_history (superseded_at);

CREATE TABLE leaf (
    group_id    BLOB    NOT NULL,
    view        TEXT    NOT NULL,
    collection  TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    length      INTEGER NOT NULL,
    record_hash BLOB    NOT NULL,
    revision    INTEGER NOT NULL,
    -- 0: the body is held. 1: it is wanted. 2: it is refused, and `reason` says why.
    state       INTEGER NOT NULL,
    -- Taken back by a head that is not in force: frozen, or held back by a limit.
    hidden      INTEGER NOT NULL DEFAULT 0,
    reason      TEXT,
    detail      TEXT,
    PRIMARY KEY (group_id, view, collection, key),
    FOREIGN KEY (group_id, view) REFERENCES head (group_id, view)
);
CREATE UNIQUE INDEX leaf_revision ON leaf (revision);
CREATE INDEX leaf_record_hash ON leaf (group_id, record_hash);
CREATE INDEX leaf_wanted ON leaf (group_id, view) WHERE state = 1;
CREATE INDEX leaf_refused ON leaf (group_id, view) WHERE state = 2;
CREATE INDEX leaf_hidden ON leaf (group_id, view) WHERE hidden = 1;

CREATE TABLE removal (
    group_id   BLOB    NOT NULL,
    view       TEXT    NOT NULL,
    collection TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    revision   INTEGER NOT NULL,
    removed_at INTEGER NOT NULL,
    PRIMARY KEY (group_id, view, collection, key)
);
CREATE UNIQUE INDEX removal_revision ON removal (revision);
CREATE INDEX removal_removed_at ON removal (removed_at);

CREATE TABLE body (
    group_id    BLOB NOT NULL REFERENCES known_group (group_id),
    record_hash BLOB NOT NULL,
    record      BLOB NOT NULL,
    PRIMARY KEY (group_id, record_hash)
);

-- Bodies that a transfer brought, and verdicts on them, until a commit takes them.
CREATE TABLE staged (
    group_id    BLOB    NOT NULL,
    record_hash BLOB    NOT NULL,
    collection  TEXT,
    key         TEXT,
    -- NULL: refused.
    record      BLOB,
    reason      TEXT,
    detail      TEXT,
    size        INTEGER NOT NULL,
    staged_at   INTEGER NOT NULL,
    PRIMARY KEY (group_id, record_hash)
);
CREATE INDEX staged_staged_at ON staged (staged_at);

-- Two heads at one position: the proof.
CREATE TABLE equivocation (
    group_id  BLOB    NOT NULL REFERENCES known_group (group_id),
    view      TEXT    NOT NULL,
    key_index INTEGER NOT NULL,
    held      BLOB    NOT NULL,
    rival     BLOB    NOT NULL,
    found_at  INTEGER NOT NULL,
    PRIMARY KEY (group_id, view, key_index)
);

-- Servers that are followed, under the group id of this aggregator.
CREATE TABLE source (
    group_id    BLOB    NOT NULL,
    address     TEXT    NOT NULL,
    cursor      TEXT,
    listed_at   INTEGER,
    answered_at INTEGER,
    failures    INTEGER NOT NULL,
    PRIMARY KEY (group_id, address)
);
