-- Whether visitors of the group's page may leave a message.
ALTER TABLE publisher ADD COLUMN contact_form INTEGER NOT NULL DEFAULT 0;

-- Messages of visitors. Encrypted with a key that is not in this file; deleted after 30 days.
CREATE TABLE message (
    group_id BLOB NOT NULL REFERENCES publisher,
    message_id BLOB NOT NULL CHECK (length(message_id) = 16),
    -- A nonce of 24 bytes, then the ciphertext with its tag.
    sealed BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    is_read INTEGER NOT NULL,
    PRIMARY KEY (group_id, message_id)
);
CREATE INDEX message_age ON message (received_at);
