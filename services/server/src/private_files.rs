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

/// Writes or replaces a file with mode 0600. After a crash or on a full disk it has either the
/// old contents or the new, never a part.
///
/// # Errors
/// If the file cannot be written.
pub fn write_private(path: &Path, contents: &[u8]) -> Result<(), WriteError> {
    write_as(path, contents, |new| fs::rename(new, path))
}

/// Like [`write_private`], but never replaces a file.
///
/// # Errors
/// If the file exists (`AlreadyExists`) or cannot be written.
pub fn write_private_new(path: &Path, contents: &[u8]) -> Result<(), WriteError> {
    write_as(path, contents, |new| move_unless_exists(new, path))
}

/// Writes the contents to a file with another name, and lets `rename` give it its own.
fn write_as(
    path: &Path,
    contents: &[u8],
    rename: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<(), WriteError> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    // A crash may have left this file, perhaps with another mode. Its fixed name, unlike a
    // random one, makes sure that no copies of a secret pile up.
    remove_if_exists(&new).map_err(WriteError::at(&new))?;
    if let Err(error) = create(&new, contents).and_then(|()| rename(&new)) {
        // Ignored: the first error says why.
        let _ = remove_if_exists(&new);
        return Err(WriteError::at(path)(error));
    }
    sync_folder_of(path)
}

/// Writes a file that does not exist yet, through to the disk.
fn create(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(contents)?;
    file.sync_all()
}

/// Gives a file another name, but never replaces a file of that name.
pub(crate) fn move_unless_exists(new: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(new, path) {
        Ok(()) => fs::remove_file(new),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // A file system without hard links, as on many memory sticks. An empty file takes the
        // name, and can then be replaced without replacing any other.
        Err(_) => {
            create(path, &[])?;
            fs::rename(new, path).inspect_err(|_| {
                let _ = fs::remove_file(path);
            })
        }
    }
}

fn remove_if_exists(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Makes the file's name as durable as its contents.
pub(crate) fn sync_folder_of(path: &Path) -> Result<(), WriteError> {
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

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
        entries
            .map(|entry| name(entry).to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn a_new_file_never_replaces_an_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        // Left by a crash.
        fs::write(folder.path().join("key.new"), b"a part").unwrap();
        write_private_new(&file, b"first").unwrap();
        assert_eq!(mode(&file), 0o600);
        let error = write_private_new(&file, b"second").unwrap_err();
        assert_eq!(error.source.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&file).unwrap(), b"first");
        assert!(error.to_string().ends_with("/key"), "{error}");
        assert_eq!(names(folder.path()), ["key"]);
    }

    /// A file system of a few kilobytes, until it is dropped.
    struct TinyDisk(PathBuf);

    impl TinyDisk {
        /// `None` without the permission to mount one.
        fn mount(folder: &Path) -> Option<Self> {
            let mut mount = std::process::Command::new("mount");
            mount.args(["-t", "tmpfs", "-o", "size=32k,mode=700", "tmpfs"]);
            let is_mounted = mount.arg(folder).status().is_ok_and(|it| it.success());
            is_mounted.then(|| Self(folder.to_owned()))
        }
    }

    impl Drop for TinyDisk {
        fn drop(&mut self) {
            let mut unmount = std::process::Command::new("umount");
            let _ = unmount.arg("-l").arg(&self.0).status();
        }
    }

    #[test]
    fn nothing_of_a_file_remains_that_finds_the_disk_full() {
        let folder = tempfile::tempdir().unwrap();
        let Some(disk) = TinyDisk::mount(folder.path()) else {
            eprintln!("skipped: only root may mount a small file system");
            return;
        };
        let file = disk.0.join("key");
        let error = write_private_new(&file, &[7; 64 * 1024]).unwrap_err();
        assert_eq!(error.source.kind(), io::ErrorKind::StorageFull);
        assert!(names(&disk.0).is_empty());
        write_private_new(&file, b"first").unwrap();
        write_private(&file, &[7; 64 * 1024]).unwrap_err();
        assert_eq!(fs::read(&file).unwrap(), b"first");
        assert_eq!(names(&disk.0), ["key"]);
    }

    #[test]
    fn a_file_is_moved_without_hard_links_only_to_a_free_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        // A folder cannot be linked, as no file can be on some file systems.
        fs::create_dir(file("new")).unwrap();
        fs::write(file("taken"), b"first").unwrap();
        move_unless_exists(&file("new"), &file("taken")).unwrap_err();
        assert_eq!(fs::read(file("taken")).unwrap(), b"first");
        // Nor can it replace the empty file, which is then removed.
        move_unless_exists(&file("new"), &file("free")).unwrap_err();
        assert!(!file("free").exists());
    }
}
