//! The passphrase of a move file: chosen on the old machine, typed on the new one, never stored.

use std::path::Path;

use anyhow::{Context, bail};
use hedgerow_server::program::println;
use hedgerow_transport::clock::SystemRandom;
use hedgerow_transport::secret_file::read_secret;

use crate::commands::terminal::{is_interactive, prompt_hidden};
use crate::recovery::{Bundle, BundleError, MoveFile, Passphrase};

/// Reads a passphrase for a new file from a file, or has a person choose one.
pub(super) fn choose(file: Option<&Path>) -> anyhow::Result<Passphrase> {
    if let Some(file) = file {
        let text = read_secret(file)
            .with_context(|| format!("cannot read the passphrase in {}", file.display()))?;
        return Passphrase::choose(&text)
            .with_context(|| format!("{} contains no usable passphrase", file.display()));
    }
    if !is_interactive() {
        bail!(not_a_terminal());
    }
    loop {
        let text = prompt_hidden(
            "A passphrase for the file (not shown; to have one made, only press Enter):",
        )?;
        if text.trim().is_empty() {
            let made = Passphrase::generate(&SystemRandom);
            println(format_args!(
                "The passphrase is\n\n  {}\n\nWrite it down now: it is not shown again, and without \
                 it nothing opens the file.",
                made.as_str()
            ))?;
            return Ok(made);
        }
        match Passphrase::choose(&text) {
            Ok(chosen) if prompt_hidden("The same again:")?.trim() == chosen.as_str() => {
                return Ok(chosen);
            }
            Ok(_) => println("These are two different passphrases. Choose again.")?,
            Err(error) => println(format_args!("{error}."))?,
        }
    }
}

/// Opens a move file with a passphrase from a file, or one that a person types.
pub(super) fn open(path: &Path, passphrase_file: Option<&Path>) -> anyhow::Result<Bundle> {
    let file = MoveFile::read(path)?;
    if !file.is_encrypted() {
        let bundle = file.open_plain()?;
        println(format_args!(
            "Warning: {} is not encrypted, because an earlier version wrote it. Delete every copy \
             of it afterwards.",
            path.display()
        ))?;
        return Ok(bundle);
    }
    if let Some(passphrase_file) = passphrase_file {
        let text = read_secret(passphrase_file).with_context(|| {
            format!(
                "cannot read the passphrase in {}",
                passphrase_file.display()
            )
        })?;
        return Ok(file.open(&Passphrase::enter(&text))?);
    }
    if !is_interactive() {
        bail!(not_a_terminal());
    }
    loop {
        let text = prompt_hidden(&format!("The passphrase of {}:", path.display()))?;
        match file.clone().open(&Passphrase::enter(&text)) {
            Err(error @ BundleError::WrongPassphrase { .. }) => {
                println(format_args!("{error}. Type it again."))?;
            }
            opened => return Ok(opened?),
        }
    }
}

fn not_a_terminal() -> &'static str {
    "cannot ask for the passphrase: standard input is not a terminal. In a script, name the file of \
     the passphrase with --passphrase-file, or - for standard input"
}
