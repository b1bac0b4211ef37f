-- That the people of a story agreed to it: a serialized StoryConsent. It stays on the node,
-- and goes with the record.
ALTER TABLE record ADD COLUMN consent BLOB;
