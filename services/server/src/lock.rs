//! One process a data directory: the second is refused, and told why.

use std::fs::File;
use std::fs::OpenOptions;
use std::fs::TryLockError;
use std::io;
use std::path::Path;
use std::path::PathBuf;

/// A held data directory; let go when dropped, or when the process dies.
#[derive(Debug)]
pub struct DataDirLock {
    _file: File,
}

/// Why a data directory is not ours.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error(
        "{} is in use by another running process; stop that one first, or give this one its own data directory",
        .0.display()
    )]
    InUse(PathBuf),
    /// The lock file cannot be opened.
    #[error("cannot open the lock file {}", path.display())]
    Unreadable {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl DataDirLock {
    /// Takes a data directory for this process. The directory must exist.
    ///
    /// # Errors
    /// Where another process holds it, or its lock file cannot be opened.
    pub fn acquire(data_dir: &Path) -> Result<Self, LockError> {
        let path = data_dir.join("lock");
        let unreadable = |source| LockError::Unreadable {
            path: path.clone(),
            source,
        };
        // The file stays behind: removing it would let two processes lock two files.
        let file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .open(&path)
            .map_err(unreadable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::InUse(data_dir.to_owned())),
            Err(TryLockError::Error(source)) => Err(unreadable(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_refused_until_the_first_lets_go() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataDirLock::acquire(folder.path()).unwrap();
        let refused = DataDirLock::acquire(folder.path()).unwrap_err();
        assert!(matches!(refused, LockError::InUse(_)));
        assert!(refused.to_string().contains("in use by another"));
        drop(first);
        DataDirLock::acquire(folder.path()).unwrap();
    }

    #[test]
    fn a_missing_directory_is_named() {
        let refused = DataDirLock::acquire(Path::new("/nowhere/at/all")).unwrap_err();
        assert!(refused.to_string().contains("/nowhere/at/all"));
    }
}
