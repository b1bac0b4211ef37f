-- Months after which the people of a group are asked whether its listing is still right; 0 is never.
ALTER TABLE publisher ADD COLUMN remind_after INTEGER NOT NULL DEFAULT 6;

-- Events that came from a calendar file, so that a second import changes them instead of adding them
-- again. Only a hash of the calendar's own name for an event is kept.
CREATE TABLE imported_event (
    group_id BLOB NOT NULL REFERENCES publisher,
    uid_hash BLOB NOT NULL CHECK (length(uid_hash) = 32),
    key TEXT NOT NULL,
    PRIMARY KEY (group_id, uid_hash)
);
