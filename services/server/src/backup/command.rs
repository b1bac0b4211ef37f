//! The commands `backup make`, `backup check` and `backup restore`.

use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::Context;
use clap::{Args, Subcommand};
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_transport::clock::{SystemClock, SystemRandom};
use hedgerow_transport::secret_file::read_secret;

use super::backed_up::{BackedUp, FOLDER};
use super::error::BackupError;
use super::pack::{Options, pack};
use super::unpack::unpack;
use crate::lock::DataDirLock;
use crate::passphrase::Passphrase;
use crate::private_files::create_private_dir;
use crate::program::println;

/// The subfolder in which a restore unpacks and checks.
const STAGING: &str = ".restoring";

/// Backups of this server's folder.
#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// Makes one and checks it. Works while the server runs.
    Make(Make),
    /// Checks that a backup is whole: every file, and every group's records against its signed
    /// head.
    Check(Existing),
    /// Makes the folder from a backup. The folder must be new, or have no groups yet.
    Restore(Existing),
}

#[derive(Debug, Args)]
pub struct Make {
    /// A new file. Without it, one in the folder's `backups`, which is not encrypted.
    file: Option<PathBuf>,
    /// Encrypts it with the passphrase in this file; - reads it from standard input.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Existing {
    /// The backup.
    file: PathBuf,
    /// A file with the passphrase of an encrypted one; - reads it from standard input.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl BackupCommand {
    /// Runs the command on a server's folder.
    ///
    /// # Errors
    /// If the backup cannot be made, is damaged, or cannot be restored to this folder.
    pub async fn run(&self, server: &dyn BackedUp, folder: &Path) -> anyhow::Result<()> {
        match self {
            Self::Make(make) => make.run(server, folder).await,
            Self::Check(existing) => existing.check(server).await,
            Self::Restore(existing) => existing.restore(server, folder).await,
        }
    }
}

impl Make {
    async fn run(&self, server: &dyn BackedUp, folder: &Path) -> anyhow::Result<()> {
        let now = SystemClock.now();
        let own = folder.join(FOLDER);
        let text = self.passphrase_file.as_deref().map(read).transpose()?;
        let passphrase = text.as_deref().map(|text| Passphrase::choose(text));
        let passphrase = passphrase
            .transpose()
            .context("cannot encrypt the backup")?;
        let file = if let Some(file) = &self.file {
            if passphrase.is_none() && !is_in(file, &own) {
                return Err(BackupError::NotEncrypted {
                    file: file.clone(),
                    folder: own,
                }
                .into());
            }
            file.clone()
        } else {
            create_private_dir(&own)?;
            own.join(file_name(now, passphrase.is_some()))
        };
        let options = Options {
            passphrase: passphrase.as_ref(),
            random: &SystemRandom,
            now,
        };
        let summary = pack(server, folder, &file, options).await?;
        println(format_args!("{} has {summary}", file.display()))
    }
}

impl Existing {
    async fn check(&self, server: &dyn BackedUp) -> anyhow::Result<()> {
        let mut staging = self.file.as_os_str().to_owned();
        staging.push(".checking");
        let staging = PathBuf::from(staging);
        let checked = self.unpack_and_check(server, &staging).await;
        remove_all(&staging)?;
        let (made, summary) = checked?;
        println(format_args!(
            "{} is whole: made {made}, {summary}",
            self.file.display()
        ))
    }

    async fn restore(&self, server: &dyn BackedUp, folder: &Path) -> anyhow::Result<()> {
        create_private_dir(folder)?;
        let _lock = DataDirLock::acquire(folder).map_err(BackupError::from)?;
        let staging = folder.join(STAGING);
        // Left by a restore that was interrupted, before or after its first file was moved.
        let was_interrupted = staging.exists();
        let config = format!("{}.toml", server.program());
        let old = names(folder, &[STAGING])?;
        if !old.is_empty() {
            let is_unused = if folder.join(&config).exists() {
                server.is_unused(folder).await?
            } else {
                was_interrupted
            };
            if !is_unused {
                return Err(BackupError::InUse(folder.to_owned()).into());
            }
        }
        let checked = self.unpack_and_check(server, &staging).await;
        let (made, summary) = checked.inspect_err(|_| drop(remove_all(&staging)))?;
        let next = server.prepare(&staging).await?;
        // What `init` made in an unused folder.
        for name in old {
            let path = folder.join(name);
            let removed = if path.is_dir() {
                fs::remove_dir_all(&path)
            } else {
                fs::remove_file(&path)
            };
            removed.map_err(BackupError::write(&path))?;
        }
        // The configuration comes last: without it no server starts in half a folder.
        let mut new = names(&staging, &[])?;
        new.sort_by_key(|name| *name == config);
        for name in new {
            let to = folder.join(&name);
            fs::rename(staging.join(&name), &to).map_err(BackupError::write(&to))?;
        }
        remove_all(&staging)?;
        println(format_args!(
            "Restored {} as of {made}: {summary}.\n{next}",
            folder.display()
        ))
    }

    async fn unpack_and_check(
        &self,
        server: &dyn BackedUp,
        staging: &Path,
    ) -> anyhow::Result<(String, String)> {
        remove_all(staging)?;
        let text = self.passphrase_file.as_deref().map(read).transpose()?;
        let passphrase = text.as_deref().map(|text| Passphrase::enter(text));
        let made = unpack(server.program(), &self.file, passphrase.as_ref(), staging)?;
        let summary = server
            .check_database(&staging.join(server.database()))
            .await?;
        Ok((made, summary))
    }
}

fn read(file: &Path) -> anyhow::Result<zeroize::Zeroizing<String>> {
    read_secret(file).with_context(|| format!("cannot read the passphrase in {}", file.display()))
}

/// The name of a backup, which sorts by time and has no character that a file system forbids.
fn file_name(now: Timestamp, is_encrypted: bool) -> String {
    let time: String = now
        .to_string()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let ending = if is_encrypted { "backup" } else { "tar" };
    format!("{time}.{ending}")
}

/// Whether a new file would be directly in a folder.
fn is_in(file: &Path, folder: &Path) -> bool {
    let parent = file.parent().and_then(|parent| parent.canonicalize().ok());
    parent.is_some_and(|parent| folder.canonicalize().is_ok_and(|folder| folder == parent))
}

/// The names in a folder, without the lock, the backups and `except`.
fn names(folder: &Path, except: &[&str]) -> Result<Vec<String>, BackupError> {
    let entries = fs::read_dir(folder).map_err(BackupError::read(folder))?;
    let names: io::Result<Vec<String>> = entries
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect();
    let mut names = names.map_err(BackupError::read(folder))?;
    names.retain(|name| {
        let name = name.as_str();
        name != "lock" && name != FOLDER && !except.contains(&name)
    });
    Ok(names)
}

fn remove_all(folder: &Path) -> Result<(), BackupError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(BackupError::write(folder)(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
