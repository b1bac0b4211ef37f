//! The twelve words: shown once, asked back, never kept.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context;
use anyhow::bail;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::time::Random;
use hedgerow_rpc::clock::SystemRandom;
use hedgerow_rpc::files::write_private_new;
use zeroize::Zeroize;
use zeroize::Zeroizing;

use super::talk::ask;
use super::talk::say;
use super::talk::somebody_is_there;

/// How many words are asked back.
const ASKED_BACK: usize = 3;

/// The phrase of a file; a file that is not there is made, with a fresh phrase.
pub(super) fn from_file(file: &Path) -> anyhow::Result<Phrase> {
    match fs::read_to_string(file) {
        Ok(text) => {
            let text = Zeroizing::new(text);
            Phrase::parse(&text).with_context(|| format!("{} holds no phrase", file.display()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let phrase = fresh();
            let text = Zeroizing::new(format!("{}\n", phrase.words().join(" ")));
            write_private_new(file, text.as_bytes())?;
            say(format_args!(
                "A fresh phrase was written to {}. Bring it onto paper and remove the file: it \
                 outranks this node.",
                file.display()
            ))?;
            Ok(phrase)
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
    }
}

/// A fresh phrase, shown and asked back.
pub(super) fn shown_and_asked_back(label: &str) -> anyhow::Result<Phrase> {
    if !somebody_is_there() {
        bail!(
            "the phrase must be shown to somebody, and nobody is at the terminal: in a script, name \
             a file for it with --phrase-file"
        );
    }
    let phrase = fresh();
    let words = phrase.words();
    say(format_args!(
        "\nThe phrase of `{label}`. Its steward writes it on paper, now: it is not shown again and \
         not kept here.\nWith it alone a stolen or lost node is dismissed; whoever has it owns the \
         group.\n"
    ))?;
    for (number, word) in (1..).zip(&words) {
        say(format_args!("  {number:2}. {word}"))?;
    }
    say("")?;
    for number in chosen(words.len()) {
        loop {
            let mut answer = ask(&format!("Word {} again:", number + 1))?;
            let right = answer.eq_ignore_ascii_case(words[number]);
            answer.zeroize();
            if right {
                break;
            }
            say("That is another word. Look at the paper again.")?;
        }
    }
    Ok(phrase)
}

fn fresh() -> Phrase {
    let mut entropy = Zeroizing::new([0; 16]);
    SystemRandom.fill(entropy.as_mut_slice());
    Phrase::from_entropy(*entropy)
}

/// Some of the places from 0, in order.
fn chosen(places: usize) -> Vec<usize> {
    let mut chosen = Vec::with_capacity(ASKED_BACK);
    while chosen.len() < ASKED_BACK.min(places) {
        let mut byte = [0];
        SystemRandom.fill(&mut byte);
        let place = usize::from(byte[0]) % places;
        if !chosen.contains(&place) {
            chosen.push(place);
        }
    }
    chosen.sort_unstable();
    chosen
}
