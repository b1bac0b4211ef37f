//! The disk that a server's folder is on.

use std::io;
use std::path::Path;

/// Returns the bytes that this program may still write to the file system of a folder.
///
/// # Errors
/// If the folder cannot be read, or the system does not report it.
#[cfg(unix)]
pub fn free_bytes(folder: &Path) -> io::Result<u64> {
    let space = rustix::fs::statvfs(folder)?;
    // Not `f_bfree`, which includes what only root may use.
    Ok(space.f_bavail.saturating_mul(space.f_frsize))
}

/// Returns the bytes that this program may still write to the file system of a folder.
///
/// # Errors
/// Always: this system is not supported.
#[cfg(not(unix))]
pub fn free_bytes(_: &Path) -> io::Result<u64> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_folder_has_free_space_and_a_missing_one_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(free_bytes(folder.path()).unwrap() > 0);
        assert!(free_bytes(Path::new("/nowhere")).is_err());
    }
}
