//! Making a backup.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use hedgerow_core::random::Random;
use hedgerow_core::time::Timestamp;
use sha2::{Digest, Sha256};

use super::archive::{finish, write_entry};
use super::backed_up::BackedUp;
use super::contents::{Contents, FORMAT, File as Listed, NAME};
use super::error::BackupError;
use super::sealed::Sealer;
use super::settings::FOLDER;
use crate::disk::free_bytes;
use crate::lock::{DataDirLock, LockError};
use crate::passphrase::Passphrase;
use crate::private_files::{create_private_dir, move_unless_exists, sync_folder_of};

/// Files in the top of a folder that are made again, or belong to a running process.
const LEFT_OUT: [&str; 5] = ["lock", "index", FOLDER, "open-console.html", ".restoring"];
/// The subfolder of the server's backups in which one is made. It never is where the backup will
/// be: a copy of the keys would be on that disk, and deleting a file does not always erase it.
const MAKING: &str = ".making";
/// The subfolder of the server's backups in which a check unpacks one.
pub(super) const CHECKING: &str = ".checking";
/// After this, a check has been interrupted.
const MAX_CHECK: Duration = Duration::from_secs(24 * 60 * 60);
/// The ending of an unfinished backup.
pub(super) const UNFINISHED: &str = "part";

const MIB: u64 = 1024 * 1024;
/// Left free for the server.
const MIN_FREE_BYTES: u64 = 16 * MIB;
/// Copies of the database that a backup needs at the same time: one to check, one in the backup.
const COPIES: u64 = 2;

/// How a backup is written.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Encrypts it.
    pub passphrase: Option<&'a Passphrase>,
    pub random: &'a dyn Random,
    pub now: Timestamp,
}

/// Writes a backup of a folder to a new file, and checks the copy of the database first. Returns
/// what the database holds.
///
/// # Errors
/// If the file exists or cannot be written, or the folder cannot be read or is damaged.
pub async fn pack(
    server: &dyn BackedUp,
    folder: &Path,
    file: &Path,
    options: Options<'_>,
) -> anyhow::Result<String> {
    if file.exists() {
        return Err(BackupError::Exists(file.to_owned()).into());
    }
    let own = folder.join(FOLDER);
    create_private_dir(&own)?;
    let _lock = lock(&own)?;
    let database = folder.join(server.database());
    check_room(&own, &database, COPIES)?;
    let making = Making(own.join(MAKING));
    // Left by a crash.
    making.remove();
    create_private_dir(&making.0)?;
    let copy = making.0.join(server.database());
    server.copy_database(&database, &copy).await?;
    let summary = server.check_database(&copy).await?;
    let mut files = Vec::new();
    list(folder, "", server.database(), &mut files)?;
    // Copied first: a file that changed between its hash and its place would make the backup
    // useless.
    for (index, (_, path)) in files.iter_mut().enumerate() {
        let copy = making.0.join(index.to_string());
        fs::copy(&path, &copy).map_err(BackupError::read(path))?;
        *path = copy;
    }
    files.push((server.database().to_owned(), copy));
    let mut unfinished = file.as_os_str().to_owned();
    unfinished.push(format!(".{UNFINISHED}"));
    let unfinished = Unfinished(PathBuf::from(unfinished));
    unfinished.remove();
    write(server.program(), &files, &unfinished.0, options)?;
    // Never replaces a file: one that appeared meanwhile is a backup too.
    move_unless_exists(&unfinished.0, file).map_err(BackupError::write(file))?;
    sync_folder_of(file).map_err(BackupError::from)?;
    Ok(summary)
}

/// A folder for unfinished files, removed when dropped.
struct Making(PathBuf);

impl Making {
    fn remove(&self) {
        // Ignored: usually there is none, and creating files in it reports any other problem.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        self.remove();
    }
}

/// A file that has not its own name yet, removed when dropped.
struct Unfinished(PathBuf);

impl Unfinished {
    fn remove(&self) {
        // As above.
        let _ = fs::remove_file(&self.0);
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Makes sure that one backup is made at a time: each needs room for two copies of the database.
fn lock(own: &Path) -> Result<DataDirLock, BackupError> {
    DataDirLock::acquire(own).map_err(|error| match error {
        LockError::InUse(own) => BackupError::AnotherIsMade(own),
        error => error.into(),
    })
}

/// Deletes what a backup that was interrupted has left in a server's folder: it may have records
/// that were taken back since.
pub(super) fn remove_unfinished(folder: &Path) -> Result<(), BackupError> {
    let own = folder.join(FOLDER);
    if !own.exists() {
        return Ok(());
    }
    let Ok(_lock) = lock(&own) else {
        // One is being made now.
        return Ok(());
    };
    Making(own.join(MAKING)).remove();
    let entries = fs::read_dir(&own).map_err(BackupError::read(&own))?;
    for entry in entries.filter_map(Result::ok) {
        if has_ending(&entry.file_name().to_string_lossy(), &[UNFINISHED, "next"]) {
            Unfinished(entry.path()).remove();
        }
        if entry.file_name() == CHECKING && is_older(&entry, MAX_CHECK) {
            Making(entry.path()).remove();
        }
    }
    Ok(())
}

fn is_older(entry: &fs::DirEntry, age: Duration) -> bool {
    let modified = entry.metadata().and_then(|metadata| metadata.modified());
    modified.is_ok_and(|time| time.elapsed().is_ok_and(|elapsed| elapsed > age))
}

/// Checks that the disk has room for some copies of the database, so that a backup never fills the
/// disk that the server writes to.
pub(super) fn check_room(own: &Path, database: &Path, copies: u64) -> Result<(), BackupError> {
    let size = |file: &Path| fs::metadata(file).map_or(0, |file| file.len());
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    let needed = (size(database) + size(Path::new(&log))) * copies + MIN_FREE_BYTES;
    match free_bytes(own) {
        Ok(free) if free < needed => Err(BackupError::NoRoom {
            folder: own.to_owned(),
            needed_mib: needed.div_ceil(MIB),
            free_mib: free / MIB,
        }),
        // Unknown, or on a system that does not report it: then writing fails.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Lists the files below a folder that belong in its backup, in order of name.
fn list(
    folder: &Path,
    within: &str,
    database: &str,
    files: &mut Vec<(String, PathBuf)>,
) -> Result<(), BackupError> {
    let entries = fs::read_dir(folder).map_err(BackupError::read(folder))?;
    let entries: io::Result<Vec<_>> = entries.collect();
    let mut entries = entries.map_err(BackupError::read(folder))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_left_out = within.is_empty()
            && (LEFT_OUT.contains(&name.as_str())
                || name.starts_with(database)
                || has_ending(&name, &["reserve", "backup", UNFINISHED]));
        // The last is a file that `write_private` has not finished.
        if is_left_out || has_ending(&name, &["new"]) {
            continue;
        }
        let kind = entry.file_type().map_err(BackupError::read(&path))?;
        let name = format!("{within}{name}");
        if kind.is_dir() {
            list(&path, &format!("{name}/"), database, files)?;
        } else if fs::metadata(&path).is_ok_and(|file| file.is_file()) {
            files.push((name, path));
        }
    }
    Ok(())
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    let ending = Path::new(name).extension();
    ending.is_some_and(|ending| endings.iter().any(|it| ending == *it))
}

fn write(
    program: &str,
    files: &[(String, PathBuf)],
    packed: &Path,
    options: Options<'_>,
) -> Result<(), BackupError> {
    let listed: Result<Vec<Listed>, BackupError> = files
        .iter()
        .map(|(name, path)| {
            let hashed = File::open(path).and_then(|mut file| hash(&mut file, &mut io::sink()));
            let (bytes, sha256) = hashed.map_err(BackupError::read(path))?;
            let name = name.clone();
            Ok(Listed {
                name,
                bytes,
                sha256,
            })
        })
        .collect();
    let contents = Contents {
        format: FORMAT,
        program: program.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made: options.now.to_string(),
        files: listed?,
    };
    let mut open = OpenOptions::new();
    open.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    let file = open.open(packed).map_err(BackupError::write(packed))?;
    let file = BufWriter::new(file);
    let written = match options.passphrase {
        None => write_archive(file, &contents, files),
        Some(passphrase) => Sealer::begin(file, passphrase, options.random)
            .and_then(|sealer| write_archive(sealer, &contents, files))
            .and_then(Sealer::finish),
    };
    written
        .and_then(|file| file.into_inner().map_err(io::IntoInnerError::into_error))
        .and_then(|file| file.sync_all())
        .map_err(BackupError::write(packed))
}

fn write_archive<W: Write>(
    mut archive: W,
    contents: &Contents,
    files: &[(String, PathBuf)],
) -> io::Result<W> {
    let list = serde_json::to_vec_pretty(contents)?;
    let length = list.len() as u64;
    write_entry(&mut archive, NAME, length, &mut list.as_slice())?;
    for (listed, (name, path)) in contents.files.iter().zip(files) {
        let mut file = File::open(path)?;
        write_entry(&mut archive, name, listed.bytes, &mut file)?;
    }
    finish(&mut archive)?;
    Ok(archive)
}

/// Copies all bytes, and returns their number and their SHA-256 in hex.
pub(super) fn hash(from: &mut impl Read, to: &mut impl Write) -> io::Result<(u64, String)> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut bytes = 0;
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => return Ok((bytes, hex::encode(hasher.finalize()))),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        bytes += read as u64;
    }
}
