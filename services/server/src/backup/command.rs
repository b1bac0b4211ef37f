//! The commands `backup make`, `backup check` and `backup restore`.

use std::env::temp_dir;
use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::{Args, Subcommand};
use hedgerow_core::random::RandomExt;
use hedgerow_core::time::Clock;
use hedgerow_transport::clock::{SystemClock, SystemRandom};

use super::backed_up::BackedUp;
use super::error::BackupError;
use super::pack::{CHECKING, Options, pack};
use super::passphrase_prompt::{choose, choose_typed, enter, enter_typed, is_interactive};
use super::settings::FOLDER;
use super::stored::file_name;
use super::unpack::{is_encrypted, unpack};
use crate::lock::DataDirLock;
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
    /// Encrypts it with the passphrase in this file; - reads it from standard input. Without it, a
    /// person at a terminal is prompted if the file is outside of the folder.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Existing {
    /// The backup.
    file: PathBuf,
    /// A file with the passphrase of an encrypted one; - reads it from standard input. Without it,
    /// a person at a terminal is prompted.
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
            Self::Check(existing) => existing.check(server, folder).await,
            Self::Restore(existing) => existing.restore(server, folder).await,
        }
    }
}

impl Make {
    async fn run(&self, server: &dyn BackedUp, folder: &Path) -> anyhow::Result<()> {
        let now = SystemClock.now();
        let own = folder.join(FOLDER);
        let mut passphrase = self.passphrase_file.as_deref().map(choose).transpose()?;
        let file = if let Some(file) = &self.file {
            if passphrase.is_none() && !is_in(file, &own) {
                if !is_interactive() {
                    return Err(BackupError::NotEncrypted {
                        file: file.clone(),
                        folder: own,
                    }
                    .into());
                }
                passphrase = Some(choose_typed()?);
            }
            file.clone()
        } else {
            create_private_dir(&own)?;
            own.join(file_name(server.program(), now, passphrase.is_some()))
        };
        let options = Options {
            passphrase: passphrase.as_ref(),
            random: &SystemRandom,
            now,
        };
        let summary = pack(server, folder, &file, options).await?;
        println(format_args!("{} has {summary}", file.display()))?;
        if is_in(&file, &own) {
            let days = server.settings(folder)?.keep_days;
            println(format_args!(
                "The server deletes it when it is {days} days old, because what groups take back is \
                 still in it. It does not help if this disk is lost: copy it to another machine."
            ))?;
        }
        Ok(())
    }
}

impl Existing {
    async fn check(&self, server: &dyn BackedUp, folder: &Path) -> anyhow::Result<()> {
        // Never next to the backup: keys would be on that disk, and not encrypted.
        let staging = if folder.is_dir() {
            let own = folder.join(FOLDER);
            create_private_dir(&own)?;
            own.join(CHECKING)
        } else {
            // A name that no other user can guess and create before.
            let random = hex::encode(SystemRandom.bytes::<8>());
            temp_dir().join(format!("{}-{random}", server.program()))
        };
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
        ))?;
        let settings = server.settings(folder)?;
        if settings.every.is_some() && !settings.is_inside() {
            println(format_args!(
                "On another machine, first make the folder {} and set the passphrase again: neither is \
                 in a backup, and the server does not start without the passphrase. Or take out \
                 `every` under [backup].",
                settings.folder(folder).display()
            ))?;
        }
        Ok(())
    }

    async fn unpack_and_check(
        &self,
        server: &dyn BackedUp,
        staging: &Path,
    ) -> anyhow::Result<(String, String)> {
        remove_all(staging)?;
        let mut passphrase = self.passphrase_file.as_deref().map(enter).transpose()?;
        if passphrase.is_none() && is_interactive() && is_encrypted(&self.file) {
            passphrase = Some(enter_typed()?);
        }
        let made = unpack(server.program(), &self.file, passphrase.as_ref(), staging)?;
        let summary = server
            .check_database(&staging.join(server.database()))
            .await?;
        Ok((made, summary))
    }
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
