//! The twelve words of a group: shown once, confirmed, never stored.

use std::io;
use std::path::Path;

use anyhow::{Context, bail};
use hedgerow_core::phrase::entry::{Entered, PhraseEntry};
use hedgerow_core::phrase::{Phrase, PhraseError, WORD_COUNT, indices_to_confirm};
use hedgerow_core::random::Random;
use hedgerow_server::private_files::write_private_new;
use hedgerow_server::program::println;
use hedgerow_transport::clock::SystemRandom;
use hedgerow_transport::secret_file::read_secret;
use zeroize::Zeroizing;

use super::terminal::{is_interactive, prompt_hidden};

/// Reads the phrase of an existing group, from a file or from the terminal.
pub(super) fn existing(file: Option<&Path>, label: &str) -> anyhow::Result<Phrase> {
    if let Some(file) = file {
        let text = read_secret(file)
            .with_context(|| format!("cannot read the phrase in {}", file.display()))?;
        return Phrase::parse(&text)
            .with_context(|| format!("{} does not contain a phrase", file.display()));
    }
    if !is_interactive() {
        bail!(
            "cannot ask for the phrase: standard input is not a terminal. In a script, name the \
             file of the phrase with --phrase-file, or - for standard input"
        );
    }
    println(
        "Type the twelve words, all in one line or some in each. They are not shown while you \
         type.",
    )?;
    let mut entry = PhraseEntry::default();
    loop {
        let question = match entry.count() {
            0 => format!("The twelve words of `{label}`:"),
            count => format!("The words from word {} on:", count + 1),
        };
        match entry.add_line(&prompt_hidden(&question)?) {
            Ok(Entered::Complete(phrase)) => {
                println(format_args!("{WORD_COUNT} words read."))?;
                return Ok(phrase);
            }
            Ok(Entered::Words(count)) => {
                println(format_args!("{count} of {WORD_COUNT} words read."))?;
            }
            // Only the number of the word: a log of the terminal must not have a part of it.
            Err(error @ PhraseError::UnknownWord(number)) => {
                println(format_args!(
                    "{error}. Type the words from word {number} on again."
                ))?;
            }
            Err(error) => println(format_args!("{error}. Type all of them again."))?,
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
    match read_secret(file) {
        Ok(text) => {
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
            let answer = prompt_hidden(&format!("Repeat word {} (not shown):", index + 1))?;
            if answer.trim().eq_ignore_ascii_case(words[index]) {
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
