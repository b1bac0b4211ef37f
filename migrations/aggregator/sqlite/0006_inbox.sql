-- Groups whose nodes fetch messages here, and until when new ones are taken.
CREATE TABLE inbox (
    group_id   BLOB    NOT NULL PRIMARY KEY,
    open_until INTEGER NOT NULL
);

-- Messages that wait for a group, sealed to its encryption key. Deleted when its node acknowledges
-- them, or after 14 days.
CREATE TABLE inbox_message (
    group_id   BLOB    NOT NULL,
    message_id BLOB    NOT NULL CHECK (length(message_id) = 16),
    -- Of the key event with the encryption key.
    key_index  INTEGER NOT NULL,
    sealed     BLOB    NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (group_id, message_id)
);
CREATE INDEX inbox_message_at ON inbox_message (at);

-- Signed requests that were answered, until they expire: none is answered twice.
CREATE TABLE inbox_request (
    group_id   BLOB    NOT NULL,
    request_id BLOB    NOT NULL,
    hash       BLOB    NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (group_id, request_id)
);
CREATE INDEX inbox_request_expires_at ON inbox_request (expires_at);
