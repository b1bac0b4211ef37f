-- How many bytes wait of each group, kept up by the database: adding up what waits,
-- bodies and all, would cost a read of all of it for every few bodies that come.
CREATE TABLE staged_group (
    group_id BLOB    NOT NULL PRIMARY KEY,
    bytes    INTEGER NOT NULL
);
CREATE INDEX staged_group_bytes ON staged_group (bytes);
INSERT INTO staged_group (group_id, bytes)
    SELECT group_id, SUM(size) FROM staged GROUP BY group_id;

CREATE TRIGGER staged_added AFTER INSERT ON staged BEGIN
    INSERT OR IGNORE INTO staged_group (group_id, bytes) VALUES (NEW.group_id, 0);
    UPDATE staged_group SET bytes = bytes + NEW.size WHERE group_id = NEW.group_id;
END;
CREATE TRIGGER staged_changed AFTER UPDATE OF size ON staged BEGIN
    UPDATE staged_group SET bytes = bytes + NEW.size - OLD.size
        WHERE group_id = NEW.group_id;
END;
CREATE TRIGGER staged_removed AFTER DELETE ON staged BEGIN
    UPDATE staged_group SET bytes = bytes - OLD.size WHERE group_id = OLD.group_id;
    DELETE FROM staged_group WHERE group_id = OLD.group_id AND bytes <= 0;
END;
