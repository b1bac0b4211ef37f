//! Questions to the person at the terminal.

use std::io;
use std::io::{BufRead, IsTerminal, Write};

use anyhow::Context;
use zeroize::Zeroizing;

/// Whether a person can answer questions.
pub(super) fn is_interactive() -> bool {
    io::stdin().is_terminal()
}

/// Prints a question and reads one line.
pub(super) fn prompt(question: &str) -> anyhow::Result<String> {
    print_question(question)?;
    let mut line = String::new();
    let read = io::stdin()
        .lock()
        .read_line(&mut line)
        .context("cannot read standard input")?;
    anyhow::ensure!(read > 0, "cannot read the answer: standard input has ended");
    Ok(line.trim().to_owned())
}

/// Prints a question and reads one line without showing it on the terminal.
pub(super) fn prompt_hidden(question: &str) -> anyhow::Result<Zeroizing<String>> {
    print_question(question)?;
    let line = rpassword::read_password().context("cannot read from the terminal")?;
    Ok(Zeroizing::new(line))
}

fn print_question(question: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    write!(out, "{question} ")
        .and_then(|()| out.flush())
        .context("cannot write to standard output")
}
