-- Whether something of a source's list was not taken since it was last listed whole.
ALTER TABLE source ADD COLUMN missed INTEGER NOT NULL DEFAULT 0;
