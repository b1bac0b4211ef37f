//! Disk space for take-backs while the disk is full.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Enough for the log of some dozens of take-backs. The log is emptied when nothing is written,
/// and its space is then free for the next ones.
const BYTES: usize = 4 * 1024 * 1024;

/// The time between two attempts to reserve the space again: each writes up to all of it.
const RETRY: Duration = Duration::from_secs(1);

/// A file next to the database, deleted if a change that only hides finds the disk full. While it
/// is missing for lack of space, only such changes may use the disk: additions would leave
/// nothing for the next take-back.
///
/// Several processes use the same file: the aggregator and the operator's commands.
#[derive(Debug)]
pub(crate) struct DiskReserve {
    file: PathBuf,
    /// When an attempt to write the file last failed for lack of space.
    failed_at: Option<Instant>,
}

impl DiskReserve {
    /// Makes the reserve of a database, which occupies nothing until [`fill`](Self::fill).
    pub(crate) fn new(database: &Path) -> Self {
        Self {
            file: database.with_extension("reserve"),
            failed_at: None,
        }
    }

    /// Writes the file if it is not complete: at the start, and after its space was used.
    pub(crate) fn fill(&mut self) {
        if self.is_whole() {
            self.failed_at = None;
            return;
        }
        let Err(error) = fs::write(&self.file, vec![0; BYTES]) else {
            self.failed_at = None;
            return;
        };
        self.release();
        let lacks_space = matches!(
            error.kind(),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded
        );
        // Once, not for each attempt while the disk stays full.
        if !lacks_space || self.failed_at.is_none() {
            tracing::warn!(%error, "cannot reserve disk space for take-backs");
        }
        // After any other error there is no reserve, and additions need none.
        self.failed_at = lacks_space.then(Instant::now);
    }

    /// Returns whether changes that add may use the disk. Writes the file first if it is missing
    /// and the last attempt is a while ago.
    pub(crate) fn permits_additions(&mut self) -> bool {
        if self.is_whole() {
            return true;
        }
        if self.failed_at.is_none_or(|at| at.elapsed() >= RETRY) {
            self.fill();
        }
        self.failed_at.is_none()
    }

    /// Frees the space. Returns false if there was none to free.
    pub(crate) fn release(&self) -> bool {
        match fs::remove_file(&self.file) {
            Ok(()) => true,
            Err(error) => {
                if error.kind() != ErrorKind::NotFound {
                    tracing::warn!(%error, "cannot free the disk space that is reserved");
                }
                false
            }
        }
    }

    fn is_whole(&self) -> bool {
        let metadata = fs::metadata(&self.file);
        metadata.is_ok_and(|metadata| metadata.len() == BYTES as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserve_can_be_released_once_and_filled_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut reserve = DiskReserve::new(&folder.path().join("aggregator.sqlite"));
        assert!(!reserve.release());
        for _ in 0..2 {
            reserve.fill();
            let file = folder.path().join("aggregator.reserve");
            assert_eq!(fs::metadata(file).unwrap().len(), BYTES as u64);
            assert!(reserve.release());
            assert!(!reserve.release());
        }
        assert!(reserve.permits_additions(), "there is space for it again");
        assert!(reserve.is_whole());
    }

    #[test]
    fn additions_wait_while_there_is_no_space_for_the_reserve() {
        let folder = tempfile::tempdir().unwrap();
        let mut reserve = DiskReserve::new(&folder.path().join("aggregator.sqlite"));
        // What `fill` records on a full disk.
        reserve.failed_at = Some(Instant::now());
        assert!(!reserve.permits_additions());
        assert!(!reserve.is_whole(), "the next attempt is a second later");
        reserve.failed_at = Instant::now().checked_sub(RETRY);
        assert!(reserve.permits_additions());
        assert!(reserve.is_whole());
    }

    #[test]
    fn additions_need_no_reserve_where_none_can_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut reserve = DiskReserve::new(&folder.path().join("missing/aggregator.sqlite"));
        assert!(reserve.permits_additions());
    }
}
