//! The position of the index in the store's revisions. It is part of every commit, so a crash
//! neither loses nor repeats a change.

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
}

impl Cursor {
    /// A cursor of this program's [`VERSION`].
    pub fn new(stream: String, revision: u64) -> Self {
        Self {
            version: VERSION,
            stream,
            revision,
        }
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
        let cursor = Cursor::new("s1".into(), 7);
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
