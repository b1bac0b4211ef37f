-- People who open the console in a browser.
CREATE TABLE person (
    person_id BLOB PRIMARY KEY CHECK (length(person_id) = 16),
    -- The name that the others of a group see, and that this person signs in with.
    name TEXT NOT NULL,
    -- The same in lower case, for sign-in. Absent for the host, who signs in by links only.
    sign_in_name TEXT UNIQUE,
    -- Argon2id in its usual form; absent until a passphrase is chosen.
    passphrase TEXT,
    -- Whether this person runs the machine, and so may open every group.
    is_host INTEGER NOT NULL,
    -- Label of a group that this person was invited to add.
    may_add TEXT,
    created_at INTEGER NOT NULL
);

CREATE TABLE member (
    group_id BLOB NOT NULL REFERENCES publisher,
    person_id BLOB NOT NULL REFERENCES person ON DELETE CASCADE,
    -- `steward` or `editor`.
    role TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (group_id, person_id)
);
CREATE INDEX member_person ON member (person_id);

-- Sessions of browsers, by the SHA-256 of the cookie's secret.
CREATE TABLE session (
    session_hash BLOB PRIMARY KEY CHECK (length(session_hash) = 32),
    person_id BLOB NOT NULL REFERENCES person ON DELETE CASCADE,
    -- The kind of device, such as `Firefox, Android`.
    device TEXT NOT NULL,
    -- Key of the message for the next page.
    flash TEXT,
    created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL
);
CREATE INDEX session_person ON session (person_id);

-- Links that open the console once, by the SHA-256 of their secret.
CREATE TABLE console_link (
    secret_hash BLOB PRIMARY KEY CHECK (length(secret_hash) = 32),
    -- `host`, `new-group`, `join` or `return`.
    kind TEXT NOT NULL,
    group_id BLOB REFERENCES publisher,
    role TEXT,
    label TEXT,
    -- Who returns.
    person_id BLOB REFERENCES person ON DELETE CASCADE,
    -- Name of the person who made it; empty for the host.
    made_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX console_link_group ON console_link (group_id);

-- Forms that are not sent yet.
CREATE TABLE draft (
    -- A group's id; empty before there is a group.
    scope BLOB NOT NULL,
    person_id BLOB NOT NULL REFERENCES person ON DELETE CASCADE,
    form TEXT NOT NULL,
    revision INTEGER NOT NULL,
    -- An encoded form.
    bytes BLOB NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (scope, person_id, form)
);
CREATE INDEX draft_person ON draft (person_id);

-- Who changed what. It has no words of a record but the earlier version, which is kept for a short
-- time so that a change can be undone.
CREATE TABLE history (
    entry INTEGER PRIMARY KEY,
    group_id BLOB NOT NULL REFERENCES publisher,
    changed_at INTEGER NOT NULL,
    -- Name of the person; empty for a program with the steward's file.
    who TEXT NOT NULL,
    -- `add`, `change`, `take-back`, or what was done with the group as a whole.
    action TEXT NOT NULL,
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    -- Bytes of the earlier version, and its audience.
    before BLOB,
    before_audience TEXT
);
CREATE INDEX history_group ON history (group_id, entry);
CREATE INDEX history_age ON history (changed_at);
