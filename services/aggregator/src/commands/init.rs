//! `hedgerow-aggregator init`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context, ensure};
use clap::Args;
use hedgerow_core::phrase::{Phrase, indices_to_confirm};
use hedgerow_core::random::RandomExt;
use hedgerow_server::private_files::{create_private_dir, write_private_new};
use hedgerow_server::program::{println, start_command};
use hedgerow_transport::clock::SystemRandom;
use zeroize::Zeroizing;

use crate::Aggregator;
use crate::config::{Config, DEFAULT_LISTEN, FILE_NAME, PROGRAM};

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// The IP address and port to listen on.
    #[arg(long, default_value = DEFAULT_LISTEN)]
    listen: String,
    /// For scripts: read the recovery phrase from this file, or write a new one to it, instead
    /// of showing it and having it typed back.
    #[arg(long)]
    phrase_file: Option<PathBuf>,
}

/// Makes the folder. The phrase is either shown and typed back, or written to a file.
pub(super) fn init(dir: &Path, arguments: &InitArguments) -> anyhow::Result<()> {
    let config = Config {
        listen: arguments.listen.clone(),
        ..Config::new(dir)
    };
    config.check()?;
    let file = dir.join(FILE_NAME);
    ensure!(
        !file.exists() && !config.keys_file().exists(),
        "{} already contains an aggregator: choose another folder with --dir, or run it",
        dir.display()
    );
    create_private_dir(dir)?;
    let phrase = match &arguments.phrase_file {
        Some(path) => phrase_from_file(path)?,
        None => phrase_from_terminal()?,
    };
    let id = Aggregator::initialise(&config, &phrase, &SystemRandom)?;
    write_private_new(&file, config.annotated()?.as_bytes())?;
    println(format_args!(
        "Made an aggregator in {}\n  id             {id}\n  configuration  {}\n\
         Start it with: {}",
        dir.display(),
        file.display(),
        start_command(PROGRAM, dir)
    ))?;
    Ok(())
}

/// Reads the phrase from a file, or writes a new phrase to a new file.
fn phrase_from_file(file: &Path) -> anyhow::Result<Phrase> {
    match fs::read_to_string(file) {
        Ok(text) => Phrase::parse(&text)
            .with_context(|| format!("{} does not contain a recovery phrase", file.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let phrase = Phrase::from_entropy(SystemRandom.bytes());
            write_private_new(file, format!("{}\n", phrase.words().join(" ")).as_bytes())?;
            print_message(&format!(
                "A new phrase was written to {}. Copy it to paper and delete the file: with the \
                 phrase anyone can replace this aggregator's keys.",
                file.display()
            ));
            Ok(phrase)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

/// Shows a new phrase and has three words of it typed back, so that it is on paper before it is gone.
fn phrase_from_terminal() -> anyhow::Result<Phrase> {
    ensure!(
        io::stdin().is_terminal(),
        "cannot show the recovery phrase: standard input is not a terminal. In a script, name a \
         file for it with --phrase-file"
    );
    let phrase = Phrase::from_entropy(SystemRandom.bytes());
    let words = phrase.words();
    print_message(
        "\nThis is the recovery phrase of this aggregator. Write it on paper now: it is not shown \
         again and not stored here.\nIt is the only way to replace keys that are lost or stolen.\n",
    );
    for (number, word) in (1..).zip(&words) {
        print_message(&format!("  {number:2}. {word}"));
    }
    print_message("");
    for index in indices_to_confirm(&SystemRandom) {
        print_message(&format!("Repeat word {} (not shown):", index + 1));
        loop {
            let line = rpassword::read_password()
                .map(Zeroizing::new)
                .context("cannot read from the terminal: nothing was made")?;
            if line.trim().eq_ignore_ascii_case(words[index]) {
                break;
            }
            print_message(&format!(
                "That is another word. Check the paper, and repeat word {}:",
                index + 1
            ));
        }
    }
    Ok(phrase)
}

/// Prints a line to standard error, which a script that reads the output does not see.
#[expect(clippy::print_stderr, reason = "messages to a person at the terminal")]
fn print_message(text: &str) {
    eprintln!("{text}");
}
