//! `hedgerow-aggregator init`.

use std::fs;
use std::io;
use std::io::BufRead;
use std::io::IsTerminal;
use std::path::Path;

use anyhow::Context;
use anyhow::ensure;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::time::RandomExt;
use hedgerow_rpc::clock::SystemRandom;
use hedgerow_rpc::files::create_private_dir;
use hedgerow_rpc::files::write_private_new;

use super::InitArguments;
use super::print;
use super::say;
use crate::Aggregator;
use crate::config::Config;
use crate::config::FILE_NAME;
use crate::config::annotated;

/// Makes the folder, with the phrase either shown and asked back or written to a file.
pub(super) fn init(dir: &Path, arguments: &InitArguments) -> anyhow::Result<()> {
    let config = Config {
        listen: arguments.listen.clone(),
        ..Config::new(dir)
    };
    config.check()?;
    let file = dir.join(FILE_NAME);
    ensure!(
        !file.exists() && !config.keys_file().exists(),
        "{} already holds an aggregator: choose another folder with --dir, or run it",
        dir.display()
    );
    create_private_dir(dir)?;
    let phrase = match &arguments.phrase_file {
        Some(path) => from_file(path)?,
        None => shown_and_asked_back()?,
    };
    let id = Aggregator::initialise(&config, &phrase, &SystemRandom)?;
    write_private_new(&file, annotated(&arguments.listen).as_bytes())?;
    print(&format!(
        "Made an aggregator in {}\n  id             {id}\n  configuration  {}\n\
         Start it with: hedgerow-aggregator --dir {} run\n",
        dir.display(),
        file.display(),
        dir.display()
    ));
    Ok(())
}

/// The phrase of a file; a file that is not there is made, with a fresh phrase.
fn from_file(file: &Path) -> anyhow::Result<Phrase> {
    match fs::read_to_string(file) {
        Ok(text) => {
            Phrase::parse(&text).with_context(|| format!("{} holds no phrase", file.display()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let phrase = Phrase::from_entropy(SystemRandom.bytes());
            write_private_new(file, format!("{}\n", phrase.words().join(" ")).as_bytes())?;
            say(&format!(
                "A fresh phrase was written to {}. Bring it onto paper and remove the file: it \
                 outranks this aggregator.",
                file.display()
            ));
            Ok(phrase)
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
    }
}

/// A fresh phrase, on paper before it is gone.
fn shown_and_asked_back() -> anyhow::Result<Phrase> {
    ensure!(
        io::stdin().is_terminal(),
        "the phrase must be shown to somebody, and nobody is at the terminal: in a script, name \
         a file for it with --phrase-file"
    );
    let phrase = Phrase::from_entropy(SystemRandom.bytes());
    let words = phrase.words();
    say(
        "\nThe phrase of this aggregator. Write it on paper, now: it is not shown again and not \
         kept here.\nWith it alone its keys are replaced if they are lost or stolen.\n",
    );
    for (number, word) in (1..).zip(&words) {
        say(&format!("  {number:2}. {word}"));
    }
    say("\nType the words back, with spaces between:");
    loop {
        let mut line = String::new();
        let read = io::stdin()
            .lock()
            .read_line(&mut line)
            .context("nothing can be read")?;
        ensure!(read > 0, "the words were not typed back: nothing was made");
        if line
            .split_whitespace()
            .map(str::to_lowercase)
            .eq(words.iter().copied())
        {
            return Ok(phrase);
        }
        say("Those are not the words. Look at the paper again, and type all 12:");
    }
}
