//! The twelve words on the steward's own device: made, shown once, or typed from paper.

use std::fs;
use std::fs::OpenOptions;
use std::io::{BufRead, IsTerminal, Write, stdin};
use std::path::Path;

use anyhow::Context as _;
use hedgerow_core::phrase::{Phrase, indices_to_confirm};
use hedgerow_core::random::RandomExt;
use hedgerow_transport::clock::SystemRandom;
use zeroize::Zeroizing;

use crate::context::Context;
use crate::usage::Usage;

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
        None => show(&phrase, &mut stdin().lock(), context)?,
    }
    Ok(phrase)
}

/// Reads the phrase of a group from a file, or from the terminal.
pub(super) fn read(file: Option<&Path>, context: &mut Context) -> anyhow::Result<Phrase> {
    if let Some(file) = file {
        let text = fs::read_to_string(file)
            .with_context(|| format!("cannot read the phrase in {}", file.display()))?;
        let text = Zeroizing::new(text);
        return Phrase::parse(&text)
            .with_context(|| format!("{} does not contain a phrase", file.display()));
    }
    if !stdin().is_terminal() {
        return Err(not_a_terminal("ask for the phrase"));
    }
    loop {
        write!(context.notes, "The twelve words of your group: ")?;
        context.notes.flush()?;
        let mut text = Zeroizing::new(String::new());
        anyhow::ensure!(
            stdin().lock().read_line(&mut text)? > 0,
            "cannot read the phrase: standard input has ended"
        );
        match Phrase::parse(&text) {
            Ok(phrase) => return Ok(phrase),
            Err(error) => writeln!(context.notes, "{error}. Type them again.")?,
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
fn show(phrase: &Phrase, input: &mut dyn BufRead, context: &mut Context) -> anyhow::Result<()> {
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
            write!(context.notes, "Repeat word {}: ", index + 1)?;
            context.notes.flush()?;
            let mut typed = Zeroizing::new(String::new());
            anyhow::ensure!(
                input.read_line(&mut typed)? > 0,
                "cannot read the word: standard input has ended"
            );
            if typed.trim().eq_ignore_ascii_case(words[index]) {
                break;
            }
            writeln!(context.notes, "That is another word. Check the paper.")?;
        }
    }
    Ok(())
}

fn not_a_terminal(verb: &str) -> anyhow::Error {
    let message =
        format!("cannot {verb}, as this is not a terminal: in a script, give --phrase-file FILE");
    Usage(message).into()
}

#[cfg(test)]
mod tests {
    use hedgerow_core::phrase::CONFIRMED_WORDS;

    use super::*;
    use crate::context::tests as context;

    #[test]
    fn the_words_are_shown_and_three_must_be_repeated() {
        let phrase = Phrase::from_entropy([5; 16]);
        let shared = context::Shared::default();
        let mut context = context::context(&shared);
        // All words for each question: the right answer is among them.
        let typed = phrase.words().join("\n") + "\n";
        let typed = typed.repeat(CONFIRMED_WORDS);
        show(&phrase, &mut typed.as_bytes(), &mut context).expect("confirmed");
        let text = shared.text();
        assert_eq!(
            text.matches("Repeat word").count() - text.matches("another").count(),
            3
        );
        let error = show(&phrase, &mut &b"wrong\n"[..], &mut context).expect_err("not confirmed");
        assert!(error.to_string().contains("has ended"), "{error}");
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
