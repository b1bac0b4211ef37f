//! How far the index has followed the store. It is part of every commit, so that a crash
//! neither loses nor repeats a change.

use serde::Deserialize;
use serde::Serialize;

use super::schema::VERSION;

/// Where the index stands, as it is written into a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// Version of schema and contents.
    version: u32,
    /// The store's stream of revisions.
    pub(crate) stream: String,
    /// Everything up to this revision is in the index.
    pub(crate) revision: u64,
}

impl Cursor {
    /// A cursor of this program's version.
    pub(crate) fn new(stream: String, revision: u64) -> Self {
        Self {
            version: VERSION,
            stream,
            revision,
        }
    }

    /// Reads a commit's payload. `None` where there is none, or where it is of another
    /// version: then the index has to be built anew.
    pub(crate) fn read(payload: Option<&str>) -> Option<Self> {
        let cursor: Self = serde_json::from_str(payload?).ok()?;
        (cursor.version == VERSION).then_some(cursor)
    }

    /// As a commit's payload.
    pub(crate) fn payload(&self) -> String {
        serde_json::json!({
            "version": self.version,
            "stream": self.stream,
            "revision": self.revision,
        })
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_from_its_payload() {
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
