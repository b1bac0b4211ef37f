-- Encryption keys that a rotation has replaced: messages sealed to them may still arrive.
CREATE TABLE old_encryption_key (
    group_id BLOB NOT NULL REFERENCES publisher,
    -- Of the key event that announced the key.
    key_index INTEGER NOT NULL,
    seed BLOB NOT NULL CHECK (length(seed) = 32),
    replaced_at INTEGER NOT NULL,
    PRIMARY KEY (group_id, key_index)
);
CREATE INDEX old_encryption_key_age ON old_encryption_key (replaced_at);

-- Keys of a rotation that waits for the steward's signature: the words are on another device.
CREATE TABLE pending_rotation (
    group_id BLOB PRIMARY KEY REFERENCES publisher,
    signing_seed BLOB NOT NULL CHECK (length(signing_seed) = 32),
    encryption_seed BLOB NOT NULL CHECK (length(encryption_seed) = 32),
    created_at INTEGER NOT NULL
);
