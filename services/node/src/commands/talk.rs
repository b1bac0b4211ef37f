//! Talking with whoever sits at the terminal.

use std::io;
use std::io::BufRead;
use std::io::IsTerminal;
use std::io::Write;

use anyhow::Context;

/// Writes a line to standard output. A reader that went away is no error.
pub(super) fn say(line: impl std::fmt::Display) -> anyhow::Result<()> {
    match writeln!(io::stdout().lock(), "{line}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("standard output cannot be written")
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Tells why the command failed: the error and what led to it, each once.
pub(super) fn complain(error: &anyhow::Error) {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !told.contains(&cause) {
            let between = if told.is_empty() { "" } else { ": " };
            told = format!("{told}{between}{cause}");
        }
    }
    // Nowhere is left to tell of a failure to tell.
    drop(writeln!(io::stderr().lock(), "hedgerow-node: {told}"));
}

/// Whether there is a person to ask.
pub(super) fn somebody_is_there() -> bool {
    io::stdin().is_terminal()
}

/// Asks, and reads one line.
pub(super) fn ask(question: &str) -> anyhow::Result<String> {
    let mut out = io::stdout().lock();
    write!(out, "{question} ")
        .and_then(|()| out.flush())
        .context("standard output cannot be written")?;
    let mut line = String::new();
    let read = io::stdin()
        .lock()
        .read_line(&mut line)
        .context("standard input cannot be read")?;
    anyhow::ensure!(
        read > 0,
        "the answer did not come: standard input has ended"
    );
    Ok(line.trim().to_owned())
}
