//! The passphrase of a backup: from a file, or typed at the terminal.

use std::io;
use std::io::{IsTerminal, Write};
use std::path::Path;

use anyhow::Context;
use hedgerow_transport::secret_file::read_secret;
use zeroize::Zeroizing;

use crate::passphrase::Passphrase;
use crate::program::println;

/// Whether a person can type one.
pub(super) fn is_interactive() -> bool {
    io::stdin().is_terminal()
}

/// Reads the passphrase of a new backup from a file.
pub(super) fn choose(file: &Path) -> anyhow::Result<Passphrase> {
    Passphrase::choose(&read(file)?).context("cannot encrypt the backup")
}

/// Reads the passphrase of an existing backup from a file.
pub(super) fn enter(file: &Path) -> anyhow::Result<Passphrase> {
    Ok(Passphrase::enter(&read(file)?))
}

/// Lets a person type the passphrase of a new backup, twice: nothing opens the backup if the only
/// one had a typing error.
pub(super) fn choose_typed() -> anyhow::Result<Passphrase> {
    println(
        "The backup is encrypted with a passphrase of at least 12 characters. They are not shown \
         while you type. Write it down, and keep it away from the backup: nothing else opens it.",
    )?;
    loop {
        let text = prompt("Passphrase:")?;
        let chosen = match Passphrase::choose(&text) {
            Ok(chosen) => chosen,
            Err(error) => {
                println(format_args!("{error}. Try again."))?;
                continue;
            }
        };
        if Passphrase::enter(&prompt("The same again:")?).as_str() == chosen.as_str() {
            return Ok(chosen);
        }
        println("These are two different ones. Try again.")?;
    }
}

/// Lets a person type the passphrase of an existing backup.
pub(super) fn enter_typed() -> anyhow::Result<Passphrase> {
    Ok(Passphrase::enter(&prompt(
        "Passphrase of the backup (not shown):",
    )?))
}

fn read(file: &Path) -> anyhow::Result<Zeroizing<String>> {
    read_secret(file).with_context(|| format!("cannot read the passphrase in {}", file.display()))
}

fn prompt(question: &str) -> anyhow::Result<Zeroizing<String>> {
    let mut out = io::stdout().lock();
    write!(out, "{question} ")
        .and_then(|()| out.flush())
        .context("cannot write to standard output")?;
    let line = rpassword::read_password().context("cannot read from the terminal")?;
    println("")?;
    Ok(Zeroizing::new(line))
}
