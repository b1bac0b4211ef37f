//! Prevents that two processes use one data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A lock on a data directory. Released when it is dropped or the process dies.
#[derive(Debug)]
pub struct DataDirLock {
    _file: File,
}

/// Why a data directory cannot be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error(
        "{} is in use by another running process; stop that one first, or give this one its own data directory",
        .0.display()
    )]
    InUse(PathBuf),
    #[error("cannot open the lock file {}", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl DataDirLock {
    /// Locks a data directory, which must exist.
    ///
    /// # Errors
    /// If another process has locked it, or its lock file cannot be opened.
    pub fn acquire(data_dir: &Path) -> Result<Self, LockError> {
        let path = data_dir.join("lock");
        let unreadable = |source| LockError::Unreadable {
            path: path.clone(),
            source,
        };
        // The file is never removed: a process that still has the removed file open could
        // lock it while another locks its replacement.
        let file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .open(&path)
            .map_err(unreadable)?;
        match file.try_lock() {
            Ok(()) => {
                note_holder(&file);
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => Err(LockError::InUse(data_dir.to_owned())),
            Err(TryLockError::Error(source)) => Err(unreadable(source)),
        }
    }
}

/// The process that has a data directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The version of its program. `None` if it left no note.
    pub version: Option<String>,
}

impl Holder {
    /// Finds the process that has a data directory, without creating a file.
    #[must_use]
    pub fn find(data_dir: &Path) -> Option<Self> {
        let path = data_dir.join("lock");
        let file = File::open(&path).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => {}
            Ok(()) | Err(TryLockError::Error(_)) => return None,
        }
        let note = fs::read_to_string(&path).unwrap_or_default();
        let version = note.split_whitespace().next().map(str::to_owned);
        Some(Self { version })
    }
}

/// Writes the version of the program into the lock file. A disk without space for it is no reason
/// not to start.
fn note_holder(mut file: &File) {
    let note = concat!(env!("CARGO_PKG_VERSION"), "\n");
    if file.set_len(0).is_ok() {
        let _ = file.write_all(note.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_fails_until_the_first_is_released() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataDirLock::acquire(folder.path()).unwrap();
        let error = DataDirLock::acquire(folder.path()).unwrap_err();
        assert!(matches!(error, LockError::InUse(_)));
        assert!(error.to_string().contains("in use by another"));
        let version = Some(env!("CARGO_PKG_VERSION").to_owned());
        assert_eq!(Holder::find(folder.path()), Some(Holder { version }));
        drop(first);
        assert_eq!(Holder::find(folder.path()), None);
        DataDirLock::acquire(folder.path()).unwrap();
    }

    #[test]
    fn the_error_names_a_missing_directory() {
        let error = DataDirLock::acquire(Path::new("/nowhere/at/all")).unwrap_err();
        assert!(error.to_string().contains("/nowhere/at/all"));
    }
}
