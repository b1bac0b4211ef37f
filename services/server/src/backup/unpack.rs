//! Unpacking a backup, with a check of every byte.

use std::fs::{File, OpenOptions};
use std::io;
use std::io::{BufReader, Read};
use std::path::Path;

use super::archive::{read_entry, skip_padding};
use super::contents::{Contents, FORMAT, MAX_BYTES, NAME};
use super::error::BackupError;
use super::pack::hash;
use super::sealed::{MAGIC, Opener};
use crate::passphrase::Passphrase;
use crate::private_files::create_private_dir;

/// Unpacks a backup of `program` into a new folder, and returns when it was made.
///
/// # Errors
/// If it is a backup of another program or of a later version, is damaged or encrypted with
/// another passphrase, or the folder cannot be written.
pub fn unpack(
    program: &'static str,
    file: &Path,
    passphrase: Option<&Passphrase>,
    folder: &Path,
) -> Result<String, BackupError> {
    let mut opened = BufReader::new(File::open(file).map_err(BackupError::read(file))?);
    let mut first = [0; MAGIC.len()];
    let read = opened.read_exact(&mut first);
    let unpacked = match (&first == MAGIC, passphrase) {
        (true, None) => return Err(BackupError::Encrypted(file.to_owned())),
        (true, Some(passphrase)) => Opener::begin(opened, passphrase)
            .map_err(Problem::from)
            .and_then(|mut archive| unpack_archive(program, &mut archive, folder)),
        (false, _) => read.map_err(Problem::from).and_then(|()| {
            let mut archive = first.as_slice().chain(opened);
            unpack_archive(program, &mut archive, folder)
        }),
    };
    unpacked.map_err(|problem| match problem {
        Problem::Backup(problem) => BackupError::Malformed {
            path: file.to_owned(),
            program,
            problem,
        },
        Problem::Folder(error) => error,
    })
}

/// Whether a file begins as an encrypted backup does. One that cannot be read does not.
pub(super) fn is_encrypted(file: &Path) -> bool {
    let mut first = [0; MAGIC.len()];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut first));
    read.is_ok() && &first == MAGIC
}

/// A problem with the backup, or with the folder that it is unpacked into.
enum Problem {
    Backup(String),
    Folder(BackupError),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Backup(match error.kind() {
            io::ErrorKind::UnexpectedEof => "it is incomplete".to_owned(),
            _ => error.to_string(),
        })
    }
}

impl From<BackupError> for Problem {
    fn from(error: BackupError) -> Self {
        Self::Folder(error)
    }
}

fn unpack_archive(
    program: &str,
    archive: &mut impl Read,
    folder: &Path,
) -> Result<String, Problem> {
    let contents = read_contents(program, archive)?;
    create_private_dir(folder).map_err(BackupError::from)?;
    for listed in &contents.files {
        let altered = || Problem::Backup(format!("{} was altered", listed.name));
        let entry = read_entry(archive)?.ok_or_else(altered)?;
        if (&entry.name, entry.bytes) != (&listed.name, listed.bytes) {
            return Err(altered());
        }
        let path = folder.join(&entry.name);
        if let Some(parent) = path.parent() {
            create_private_dir(parent).map_err(BackupError::from)?;
        }
        let mut open = OpenOptions::new();
        open.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
        let mut file = open.open(&path).map_err(BackupError::write(&path))?;
        let mut bytes = archive.by_ref().take(entry.bytes);
        let (length, sha256) = hash(&mut bytes, &mut file)?;
        if (length, &sha256) != (listed.bytes, &listed.sha256) {
            return Err(altered());
        }
        file.sync_all().map_err(BackupError::write(&path))?;
        skip_padding(archive, entry.bytes)?;
    }
    if read_entry(archive)?.is_some() {
        return Err(Problem::Backup("it has files that it does not list".into()));
    }
    // Reads the rest: an encrypted file that was cut shows it in its last chunk only.
    io::copy(archive, &mut io::sink())?;
    Ok(contents.made)
}

fn read_contents(program: &str, archive: &mut impl Read) -> Result<Contents, Problem> {
    let entry = read_entry(archive)?;
    let entry = entry.filter(|entry| entry.name == NAME && entry.bytes <= MAX_BYTES);
    let Some(entry) = entry else {
        return Err(Problem::Backup("it has no list of files".into()));
    };
    let mut list = Vec::new();
    archive.by_ref().take(entry.bytes).read_to_end(&mut list)?;
    skip_padding(archive, entry.bytes)?;
    let contents: Contents = serde_json::from_slice(&list)
        .map_err(|error| Problem::Backup(format!("its list of files is invalid: {error}")))?;
    if contents.format > FORMAT {
        return Err(Problem::Backup(format!(
            "version {} made it, in a newer form: use that version",
            contents.version
        )));
    }
    if contents.program != program {
        return Err(Problem::Backup(format!(
            "it is one of {}",
            contents.program
        )));
    }
    Ok(contents)
}
