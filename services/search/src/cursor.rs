//! The position of the index in the store's revisions. It is part of every commit, so a crash
//! neither loses nor repeats a change.

use hedgerow_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::schema::VERSION;

/// The payload of a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    version: u32,
    /// The store's stream of revisions. Another stream's revisions cannot be compared.
    pub stream: String,
    /// Everything up to this revision is in the index.
    pub revision: u64,
    /// The latest time at which occurrences were expanded, in milliseconds since 1970.
    #[serde(default)]
    expanded_at: i64,
}

impl Cursor {
    /// A cursor of this program's [`VERSION`].
    pub fn new(stream: String, revision: u64) -> Self {
        Self {
            version: VERSION,
            stream,
            revision,
            expanded_at: 0,
        }
    }

    /// Keeps the time of the expansions in the index, which `committed` has.
    pub fn with_expansions_of(self, committed: Option<&Self>) -> Self {
        Self {
            expanded_at: committed.map_or(0, |cursor| cursor.expanded_at),
            ..self
        }
    }

    /// Occurrences may be expanded at `now` from here on.
    pub fn expand_at(&mut self, now: Timestamp) {
        self.expanded_at = self.expanded_at.max(now.as_millis());
    }

    /// All occurrences were expanded at `now` or later.
    pub fn expand_all_at(&mut self, now: Timestamp) {
        self.expanded_at = now.as_millis();
    }

    /// Whether the clock was more than a day ahead when occurrences were expanded, so that the
    /// next ones may be missing.
    pub fn was_ahead_of(&self, now: Timestamp) -> bool {
        const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;
        self.expanded_at > now.as_millis().saturating_add(DAY_MILLIS)
    }

    /// Reads a commit's payload; `None` for a missing payload or another version, which both
    /// require a rebuild.
    pub fn read(payload: Option<&str>) -> Option<Self> {
        let cursor: Self = serde_json::from_str(payload?).ok()?;
        (cursor.version == VERSION).then_some(cursor)
    }

    /// Encodes the payload of a commit.
    pub fn payload(&self) -> String {
        serde_json::json!(self).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_a_round_trip() {
        let mut cursor = Cursor::new("s1".into(), 7);
        cursor.expand_at(Timestamp::from_seconds(1_800_000_000));
        assert_eq!(Cursor::read(Some(&cursor.payload())), Some(cursor));
    }

    #[test]
    fn an_index_of_another_version_has_no_cursor() {
        let other = Cursor {
            version: VERSION + 1,
            ..Cursor::new("s1".into(), 7)
        };
        assert_eq!(Cursor::read(Some(&other.payload())), None);
        assert_eq!(Cursor::read(Some("{}")), None);
        assert_eq!(Cursor::read(None), None);
    }
}
