//! Files that only their owner may read: keys, tokens, configuration with secrets.

use std::fs;
use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

/// A file or folder that could not be written, and which.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}", path.display())]
pub struct WriteFailed {
    /// The file or folder.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

impl WriteFailed {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self { path, source }
    }
}

/// Makes a folder, with those above it, that only its owner may enter (mode 0700). One
/// that is there already is left as it is.
///
/// # Errors
/// Where the system refuses.
pub fn create_private_dir(path: &Path) -> Result<(), WriteFailed> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(WriteFailed::at(path))
}

/// Writes a file that only its owner may read (mode 0600), replacing what was there.
/// After a crash the file holds either the old contents or the new, never a part.
///
/// # Errors
/// Where the system refuses; the disk may be full.
pub fn write_private(path: &Path, contents: &[u8]) -> Result<(), WriteFailed> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    // Left over from a crash, perhaps with other rights.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(WriteFailed::at(&beside)(error));
        }
        Ok(()) | Err(_) => {}
    }
    write_private_new(&beside, contents)?;
    fs::rename(&beside, path).map_err(WriteFailed::at(path))?;
    sync_folder_of(path)
}

/// Like [`write_private`], but refuses (`AlreadyExists`) to replace a file.
///
/// # Errors
/// Where the file is there already or the system refuses.
pub fn write_private_new(path: &Path, contents: &[u8]) -> Result<(), WriteFailed> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(WriteFailed::at(path))?;
    file.write_all(contents)
        .and_then(|()| file.sync_all())
        .map_err(WriteFailed::at(path))?;
    sync_folder_of(path)
}

/// Makes the name as durable as the contents.
fn sync_folder_of(path: &Path) -> Result<(), WriteFailed> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    if cfg!(unix) {
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(WriteFailed::at(folder))?;
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
    fn only_the_owner_may_read_what_is_written() {
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
        let refused = write_private_new(&file, b"second").unwrap_err();
        assert_eq!(refused.source.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&file).unwrap(), b"first");
        assert!(refused.to_string().contains("key"));
    }
}
