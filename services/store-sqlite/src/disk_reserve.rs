//! Disk space for take-backs while the disk is full.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Enough for the log of some dozens of take-backs. The log is emptied when nothing is written,
/// and its space is then free for the next ones.
const BYTES: usize = 4 * 1024 * 1024;

/// A file next to the database, deleted if a change that only hides finds the disk full.
#[derive(Debug)]
pub(crate) struct DiskReserve(PathBuf);

impl DiskReserve {
    /// Makes the reserve of a database, which occupies nothing until [`fill`](Self::fill).
    pub(crate) fn new(database: &Path) -> Self {
        Self(database.with_extension("reserve"))
    }

    /// Writes the file if it is not complete: at the start, and after its space was used.
    /// Without the space for all of it there is no reserve: changes need the rest more.
    pub(crate) fn fill(&self) {
        let metadata = fs::metadata(&self.0);
        if metadata.is_ok_and(|metadata| metadata.len() == BYTES as u64) {
            return;
        }
        if let Err(error) = fs::write(&self.0, vec![0; BYTES]) {
            tracing::warn!(%error, "cannot reserve disk space for take-backs");
            self.release();
        }
    }

    /// Frees the space. Returns false if there was none to free.
    pub(crate) fn release(&self) -> bool {
        match fs::remove_file(&self.0) {
            Ok(()) => true,
            Err(error) => {
                if error.kind() != ErrorKind::NotFound {
                    tracing::warn!(%error, "cannot free the disk space that is reserved");
                }
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserve_can_be_released_once_and_filled_again() {
        let folder = tempfile::tempdir().unwrap();
        let reserve = DiskReserve::new(&folder.path().join("aggregator.sqlite"));
        assert!(!reserve.release());
        for _ in 0..2 {
            reserve.fill();
            let file = folder.path().join("aggregator.reserve");
            assert_eq!(fs::metadata(file).unwrap().len(), BYTES as u64);
            assert!(reserve.release());
            assert!(!reserve.release());
        }
    }
}
