//! The twelve words of a group: shown once, confirmed, never stored.

use std::path::Path;
use std::{fs, io};

use anyhow::{Context, bail};
use hedgerow_core::phrase::{Phrase, indices_to_confirm};
use hedgerow_core::random::Random;
use hedgerow_server::private_files::write_private_new;
use hedgerow_server::program::println;
use hedgerow_transport::clock::SystemRandom;
use zeroize::{Zeroize, Zeroizing};

use super::terminal::{is_interactive, prompt};

/// Reads the phrase of an existing group, from a file or from the terminal.
pub(super) fn existing(file: Option<&Path>, label: &str) -> anyhow::Result<Phrase> {
    if let Some(file) = file {
        let text = fs::read_to_string(file)
            .with_context(|| format!("cannot read the phrase in {}", file.display()))?;
        let text = Zeroizing::new(text);
        return Phrase::parse(&text)
            .with_context(|| format!("{} does not contain a phrase", file.display()));
    }
    if !is_interactive() {
        bail!(
            "cannot ask for the phrase: standard input is not a terminal. In a script, name the \
             file of the phrase with --phrase-file"
        );
    }
    loop {
        let text = Zeroizing::new(prompt(&format!("The twelve words of `{label}`:"))?);
        match Phrase::parse(&text) {
            Ok(phrase) => return Ok(phrase),
            // The error names a wrong word by its number, so that only that one is checked.
            Err(error) => println(format_args!("{error}. Type them again."))?,
        }
    }
}

/// A phrase for a new group.
pub(super) struct NewPhrase {
    pub(super) phrase: Phrase,
    /// Whether it was generated here, so that no other group can have it.
    pub(super) generated: bool,
}

/// Reads the phrase from a file, or generates one and writes it there.
pub(super) fn from_file(file: &Path) -> anyhow::Result<NewPhrase> {
    match fs::read_to_string(file) {
        Ok(text) => {
            let text = Zeroizing::new(text);
            let phrase = Phrase::parse(&text)
                .with_context(|| format!("{} does not contain a phrase", file.display()))?;
            Ok(NewPhrase {
                phrase,
                generated: false,
            })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let phrase = generate();
            let text = Zeroizing::new(format!("{}\n", phrase.words().join(" ")));
            write_private_new(file, text.as_bytes())?;
            println(format_args!(
                "A new phrase was written to {}. Copy it onto paper and delete the file: it \
                 outranks this node.",
                file.display()
            ))?;
            Ok(NewPhrase {
                phrase,
                generated: true,
            })
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

/// Generates a phrase, shows it, and makes the steward repeat some of its words.
pub(super) fn show_and_confirm(label: &str) -> anyhow::Result<NewPhrase> {
    if !is_interactive() {
        bail!(
            "cannot show the phrase: standard input is not a terminal. In a script, name a file \
             for the phrase with --phrase-file"
        );
    }
    let phrase = generate();
    let words = phrase.words();
    println(format_args!(
        "\nThe phrase of `{label}`. Its steward writes it on paper, now: it is not shown again and \
         not kept here.\nOnly the phrase can replace a stolen or lost node; anyone who has it owns \
         the group.\n"
    ))?;
    for (number, word) in (1..).zip(&words) {
        println(format_args!("  {number:2}. {word}"))?;
    }
    println("")?;
    for index in indices_to_confirm(&SystemRandom) {
        loop {
            let mut answer = prompt(&format!("Repeat word {}:", index + 1))?;
            let correct = answer.eq_ignore_ascii_case(words[index]);
            answer.zeroize();
            if correct {
                break;
            }
            println("That is another word. Check the paper.")?;
        }
    }
    Ok(NewPhrase {
        phrase,
        generated: true,
    })
}

fn generate() -> Phrase {
    let mut entropy = Zeroizing::new([0; 16]);
    SystemRandom.fill(entropy.as_mut_slice());
    Phrase::from_entropy(*entropy)
}
