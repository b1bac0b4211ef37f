//! Writes files that only their owner may read: keys, tokens, configuration with secrets.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A file or folder that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}", path.display())]
pub struct WriteError {
    pub path: PathBuf,
    #[source]
    pub source: io::Error,
}

impl WriteError {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self { path, source }
    }
}

/// Creates a folder and its parents with mode 0700. Existing folders keep their mode.
///
/// # Errors
/// If a folder cannot be created.
pub fn create_private_dir(path: &Path) -> Result<(), WriteError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(WriteError::at(path))
}

/// Writes or replaces a file with mode 0600. After a crash it has either the old contents or
/// the new, never a part.
///
/// # Errors
/// If the file cannot be written.
pub fn write_private(path: &Path, contents: &[u8]) -> Result<(), WriteError> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    // A crash may have left this file, perhaps with another mode. Its fixed name, unlike a
    // random one, makes sure that no copies of a secret pile up.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(WriteError::at(&new)(error));
        }
        Ok(()) | Err(_) => {}
    }
    write_private_new(&new, contents)?;
    fs::rename(&new, path).map_err(WriteError::at(path))?;
    sync_folder_of(path)
}

/// Like [`write_private`], but never replaces a file.
///
/// # Errors
/// If the file exists (`AlreadyExists`) or cannot be written.
pub fn write_private_new(path: &Path, contents: &[u8]) -> Result<(), WriteError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(WriteError::at(path))?;
    file.write_all(contents)
        .and_then(|()| file.sync_all())
        .map_err(WriteError::at(path))?;
    sync_folder_of(path)
}

/// Makes the file's name as durable as its contents.
fn sync_folder_of(path: &Path) -> Result<(), WriteError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    if cfg!(unix) {
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(WriteError::at(folder))?;
    }
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn only_the_owner_may_read_a_written_file() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("keys/of/one");
        create_private_dir(&inner).unwrap();
        assert_eq!(mode(&inner), 0o700);
        let file = inner.join("token.json");
        write_private(&file, b"first").unwrap();
        write_private(&file, b"second").unwrap();
        assert_eq!(mode(&file), 0o600);
        assert_eq!(fs::read(&file).unwrap(), b"second");
        assert_eq!(fs::read_dir(&inner).unwrap().count(), 1);
    }

    #[test]
    fn a_new_file_never_replaces_an_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        write_private_new(&file, b"first").unwrap();
        let error = write_private_new(&file, b"second").unwrap_err();
        assert_eq!(error.source.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&file).unwrap(), b"first");
        assert!(error.to_string().contains("key"));
    }
}
