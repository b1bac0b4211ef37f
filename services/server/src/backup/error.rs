//! Errors of backups.

use std::io;
use std::path::{Path, PathBuf};

use crate::lock::LockError;
use crate::passphrase::PassphraseTooShort;
use crate::private_files::WriteError;

/// Why a backup cannot be made, checked or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error(transparent)]
    File(#[from] WriteError),
    #[error("{} already exists: name another file", .0.display())]
    Exists(PathBuf),
    #[error(
        "{} would leave the server's folder without a passphrase: a backup contains keys. Name the \
         file of a passphrase with --passphrase-file (- reads it from standard input), or leave the \
         file out to write below {}", file.display(), folder.display()
    )]
    NotEncrypted { file: PathBuf, folder: PathBuf },
    #[error("{} is encrypted: name the file of its passphrase with --passphrase-file", .0.display())]
    Encrypted(PathBuf),
    #[error("another backup is being made in {}: try again when it is ready", .0.display())]
    AnotherIsMade(PathBuf),
    #[error(
        "cannot make a backup: it needs about {needed_mib} MiB free on the disk of {}, and there are \
         {free_mib} MiB. Delete something, or move the server's folder to a larger disk",
        folder.display()
    )]
    NoRoom {
        folder: PathBuf,
        needed_mib: u64,
        free_mib: u64,
    },
    #[error(
        "`backup.folder` {} is outside of the server's folder, and a backup contains keys: name the \
         file of a passphrase as `backup.passphrase_file`, pass it as systemd's credential \
         `backup-passphrase`, or leave `backup.folder` out",
        .0.display()
    )]
    NoPassphrase(PathBuf),
    #[error("cannot encrypt backups with {}: {problem}", file.display())]
    Passphrase {
        file: PathBuf,
        problem: PassphraseTooShort,
    },
    #[error("{} is not a backup of {program}: {problem}", path.display())]
    Malformed {
        path: PathBuf,
        program: &'static str,
        problem: String,
    },
    #[error(
        "cannot make a backup before this version changes the database, which is unchanged: make \
         about {needed_mib} MiB of room for {}, or go on with the earlier version: {source:#}",
        folder.display()
    )]
    BeforeMigration {
        folder: PathBuf,
        needed_mib: u64,
        source: anyhow::Error,
    },
    /// The folder's server runs.
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(
        "{} has a server already, perhaps a later state of this one or another one: nothing was \
         changed. Move that folder away, or name an empty one with --dir", .0.display()
    )]
    InUse(PathBuf),
}

impl BackupError {
    pub(super) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Read { path, source }
    }

    pub(super) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Write { path, source }
    }
}
