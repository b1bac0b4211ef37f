//! The twelve words on the steward's own device: made, shown once, or typed from paper.

use std::fs::OpenOptions;
use std::io;
use std::io::{IsTerminal, Write, stdin};
use std::path::Path;

use anyhow::Context as _;
use hedgerow_core::phrase::entry::{Entered, PhraseEntry};
use hedgerow_core::phrase::{Phrase, PhraseError, WORD_COUNT, indices_to_confirm};
use hedgerow_core::random::RandomExt;
use hedgerow_transport::clock::SystemRandom;
use hedgerow_transport::secret_file::read_secret;
use zeroize::Zeroizing;

use crate::context::Context;
use crate::usage::Usage;

/// Reads a line that the terminal does not show.
type ReadHidden<'a> = &'a mut dyn FnMut() -> io::Result<String>;

/// Makes a phrase, and writes it to a new file or shows it and has some of it typed back.
pub(super) fn make(file: Option<&Path>, context: &mut Context) -> anyhow::Result<Phrase> {
    if file.is_none() && !stdin().is_terminal() {
        return Err(not_a_terminal("show the phrase"));
    }
    let entropy: Zeroizing<[u8; 16]> = Zeroizing::new(SystemRandom.bytes());
    let phrase = Phrase::from_entropy(*entropy);
    match file {
        Some(file) => {
            write(file, &phrase)?;
            writeln!(
                context.notes,
                "The phrase was written to {}. Copy it onto paper and delete the file: anyone who \
                 has it owns the group.",
                file.display()
            )?;
        }
        None => show(&phrase, &mut rpassword::read_password, context)?,
    }
    Ok(phrase)
}

/// Reads the phrase of a group from a file, or from the terminal.
pub(super) fn read(file: Option<&Path>, context: &mut Context) -> anyhow::Result<Phrase> {
    if let Some(file) = file {
        let text = read_secret(file)
            .with_context(|| format!("cannot read the phrase in {}", file.display()))?;
        return Phrase::parse(&text)
            .with_context(|| format!("{} does not contain a phrase", file.display()));
    }
    if !stdin().is_terminal() {
        return Err(not_a_terminal("ask for the phrase"));
    }
    read_words(&mut rpassword::read_password, context)
}

/// Reads the twelve words, line by line, until they form a phrase.
fn read_words(read_hidden: ReadHidden<'_>, context: &mut Context) -> anyhow::Result<Phrase> {
    let notes = &mut context.notes;
    writeln!(
        notes,
        "Type the twelve words, all in one line or some in each. They are not shown while you type."
    )?;
    let mut entry = PhraseEntry::default();
    loop {
        match entry.count() {
            0 => write!(notes, "The twelve words of your group: ")?,
            count => write!(notes, "The words from word {} on: ", count + 1)?,
        }
        notes.flush()?;
        let line = Zeroizing::new(read_hidden().context("cannot read the phrase")?);
        match entry.add_line(&line) {
            Ok(Entered::Complete(phrase)) => {
                writeln!(notes, "{WORD_COUNT} words read.")?;
                return Ok(phrase);
            }
            Ok(Entered::Words(count)) => writeln!(notes, "{count} of {WORD_COUNT} words read.")?,
            // Only the number of the word: a log of the terminal must not have a part of it.
            Err(error @ PhraseError::UnknownWord(number)) => {
                writeln!(
                    notes,
                    "{error}. Type the words from word {number} on again."
                )?;
            }
            Err(error) => writeln!(notes, "{error}. Type all of them again.")?,
        }
    }
}

fn write(file: &Path, phrase: &Phrase) -> anyhow::Result<()> {
    let text = Zeroizing::new(format!("{}\n", phrase.words().join(" ")));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(file)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", file.display()))
}

/// Shows the words and has some of them typed back, so that they are on paper before they are
/// gone.
fn show(phrase: &Phrase, read_hidden: ReadHidden<'_>, context: &mut Context) -> anyhow::Result<()> {
    let words = phrase.words();
    writeln!(
        context.notes,
        "The phrase of your group. Write it on paper, now: it is not shown again and not kept on \
         this device.\nOnly the phrase can bring the group back from a lost or stolen machine, and \
         anyone who has it owns the group.\n"
    )?;
    for (number, word) in (1..).zip(&words) {
        writeln!(context.notes, "  {number:2}. {word}")?;
    }
    for index in indices_to_confirm(&SystemRandom) {
        loop {
            write!(context.notes, "Repeat word {} (not shown): ", index + 1)?;
            context.notes.flush()?;
            let typed = Zeroizing::new(read_hidden().context("cannot read the word")?);
            if typed.trim().eq_ignore_ascii_case(words[index]) {
                break;
            }
            writeln!(context.notes, "That is another word. Check the paper.")?;
        }
    }
    Ok(())
}

fn not_a_terminal(verb: &str) -> anyhow::Error {
    let message = format!(
        "cannot {verb}, as this is not a terminal: in a script, give --phrase-file FILE, or - \
         for standard input"
    );
    Usage(message).into()
}

#[cfg(test)]
mod tests {
    use hedgerow_core::phrase::CONFIRMED_WORDS;

    use super::*;
    use crate::context::tests as context;

    /// Lines as a person types them, then the end of the input.
    fn typed(lines: Vec<String>) -> impl FnMut() -> io::Result<String> {
        let mut lines = lines.into_iter();
        move || lines.next().ok_or(io::ErrorKind::UnexpectedEof.into())
    }

    #[test]
    fn the_words_are_shown_and_three_must_be_repeated() {
        let phrase = Phrase::from_entropy([5; 16]);
        let shared = context::Shared::default();
        let mut context = context::context(&shared);
        // All words for each question: the right answer is among them.
        let words = phrase.words().repeat(CONFIRMED_WORDS);
        let words = words.into_iter().map(str::to_owned).collect();
        show(&phrase, &mut typed(words), &mut context).expect("confirmed");
        let text = shared.text();
        assert_eq!(
            text.matches("Repeat word").count() - text.matches("another").count(),
            3
        );
        let wrong = vec!["wrong".to_owned()];
        let error = show(&phrase, &mut typed(wrong), &mut context).expect_err("not confirmed");
        assert!(
            error.to_string().contains("cannot read the word"),
            "{error}"
        );
    }

    #[test]
    fn words_typed_unseen_are_counted_and_a_wrong_one_is_named_by_number_only() {
        let phrase = Phrase::from_entropy([5; 16]);
        let words = phrase.words();
        let shared = context::Shared::default();
        let mut context = context::context(&shared);
        let lines = vec![
            words[..5].join(" "),
            format!("{} hedgerow {}", words[5], words[7]),
            words[6..].join(" "),
        ];
        let read = read_words(&mut typed(lines), &mut context).expect("a phrase");
        assert_eq!(read.words(), words);
        let text = shared.text();
        for part in [
            "5 of 12 words read.",
            "word 7 is not in the word list",
            "The words from word 7 on:",
            "12 words read.",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let shown = text.split(|c: char| !c.is_alphabetic());
        let secrets: Vec<&str> = shown
            .filter(|shown| *shown == "hedgerow" || words[..4].contains(shown))
            .collect();
        assert!(secrets.is_empty(), "{text}");
    }

    #[test]
    fn a_phrase_file_is_never_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("phrase");
        let shared = context::Shared::default();
        let mut context = context::context(&shared);
        let made = make(Some(&file), &mut context).expect("a phrase");
        let read = read(Some(&file), &mut context).expect("a phrase");
        assert_eq!(made.words(), read.words());
        assert!(make(Some(&file), &mut context).is_err());
    }
}
