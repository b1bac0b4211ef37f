//! The last failure of a backup, noted for other programs until the next success.

use std::fs;
use std::path::{Path, PathBuf};

use hedgerow_core::time::Timestamp;

use super::settings::FOLDER;
use crate::private_files::{create_private_dir, write_private};

const NAME: &str = "failed.txt";
/// The longest note that is read.
const MAX_BYTES: usize = 4096;

/// A backup that a server could not make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub at: Timestamp,
    pub error: String,
}

impl Failure {
    /// Reads the note. `None` after a success.
    #[must_use]
    pub fn read(data_dir: &Path) -> Option<Self> {
        let text = fs::read_to_string(file(data_dir)).ok()?;
        let (at, error) = text.trim_end().split_once(' ')?;
        Some(Self {
            at: at.parse().ok()?,
            error: error.to_owned(),
        })
    }

    /// Writes the note. On a full disk it is missing: the log and the metric remain.
    pub(super) fn write(&self, data_dir: &Path) {
        let mut text = format!("{} {}", self.at, self.error.replace('\n', " "));
        text.truncate(text.floor_char_boundary(MAX_BYTES));
        text.push('\n');
        let written = create_private_dir(&data_dir.join(FOLDER))
            .and_then(|()| write_private(&file(data_dir), text.as_bytes()));
        if let Err(error) = written {
            tracing::debug!(%error, "cannot note that a backup failed");
        }
    }

    pub(super) fn clear(data_dir: &Path) {
        // Ignored: usually there is none.
        let _ = fs::remove_file(file(data_dir));
    }
}

fn file(data_dir: &Path) -> PathBuf {
    data_dir.join(FOLDER).join(NAME)
}
