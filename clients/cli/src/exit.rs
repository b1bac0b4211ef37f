//! Exit codes, and errors as messages to a person.

use std::error::Error;
use std::io;
use std::process::ExitCode;

use hedgerow_client::{ClientError, FieldViolation};

use crate::context::Context;
use crate::document::DocumentError;
use crate::usage::Usage;
use crate::violations::Violations;
use crate::{style, violations};

/// How a command ended. Scripts rely on the numbers in [`CODES`]: they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done,
    Failed,
    Usage,
    NothingFound,
    CheckFailed,
    Unreachable,
    Refused,
}

/// The exit codes, for `hedgerow help exit-codes`.
pub const CODES: &str = "Exit codes:
  0  done
  1  something else went wrong
  2  the command line, or a file given to it, is wrong
  3  nothing was found
  4  something failed its check: do not rely on it
  5  the server could not be reached
  6  the server refused, and gave the reason";

impl Exit {
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NothingFound => 3,
            Self::CheckFailed => 4,
            Self::Unreachable => 5,
            Self::Refused => 6,
        }
    }

    /// The end of a command that printed results.
    pub fn of_results(are_any: bool, has_failed: bool) -> Self {
        if has_failed {
            Self::CheckFailed
        } else if are_any {
            Self::Done
        } else {
            Self::NothingFound
        }
    }

    fn from_error(error: &anyhow::Error) -> Self {
        for cause in error.chain() {
            if let Some(error) = cause.downcast_ref::<ClientError>() {
                return match error {
                    ClientError::Address { .. } | ClientError::Token(_) => Self::Usage,
                    ClientError::Unreachable { .. } => Self::Unreachable,
                    ClientError::Refused { .. } if error.is_not_found() => Self::NothingFound,
                    ClientError::Refused { .. } => Self::Refused,
                    ClientError::Verification { .. } => Self::CheckFailed,
                    _ => Self::Failed,
                };
            }
            // Files are checked before any server is called.
            if cause.is::<Usage>() || cause.is::<DocumentError>() || cause.is::<Violations>() {
                return Self::Usage;
            }
            let json = cause.downcast_ref::<serde_json::Error>();
            let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
            let kind = io.or(json.and_then(serde_json::Error::io_error_kind));
            if kind == Some(io::ErrorKind::BrokenPipe) {
                // `hedgerow search … | head`: the reader has enough.
                return Self::Done;
            }
        }
        Self::Failed
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Prints what went wrong and what to do next, and returns the exit code.
pub fn explain(error: &anyhow::Error, context: &mut Context) -> Exit {
    let exit = Exit::from_error(error);
    if exit == Exit::Done {
        return exit;
    }
    let bad = style::BAD;
    let mut text = match error.chain().find_map(violations_of) {
        // The list replaces the error's first line, which only counts the violations.
        Some(violations) => {
            // Some fields are named by their options already.
            let is_filter = |field: &str| field.starts_with("filter.") || field.starts_with("--");
            let is_search = violations.iter().any(|it| is_filter(&it.field));
            let what = if is_search {
                "cannot answer this search"
            } else {
                "the server refused this"
            };
            format!(
                "{bad}hedgerow:{bad:#} {what}:{}",
                violations::list(violations)
            )
        }
        None => other_kind_of_server(error).unwrap_or_else(|| chain(error)),
    };
    for cause in error.chain() {
        if let Some(error) = cause.downcast_ref::<ClientError>() {
            text += &advice(error);
        }
    }
    // Ignored: if standard error fails there is nowhere left to report it.
    let _ = writeln!(context.notes, "{text}");
    exit
}

fn violations_of<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a [FieldViolation]> {
    let failure = cause.downcast_ref::<ClientError>()?.failure()?;
    Some(failure.violations.as_slice()).filter(|violations| !violations.is_empty())
}

/// The message for a server that does not implement the call: mostly a node in place of an
/// aggregator, or the reverse.
fn other_kind_of_server(error: &anyhow::Error) -> Option<String> {
    let bad = style::BAD;
    error.chain().find_map(|cause| {
        let ClientError::Refused { address, failure } = cause.downcast_ref::<ClientError>()? else {
            return None;
        };
        (failure.code == tonic::Code::Unimplemented).then(|| {
            format!(
                "{bad}hedgerow:{bad:#} {address} does not do this: it is an older server, or one of \
                 another kind. Aggregators serve searches; stewards use their own node."
            )
        })
    })
}

fn chain(error: &anyhow::Error) -> String {
    let bad = style::BAD;
    let mut text = format!("{bad}hedgerow:{bad:#} {error}");
    for cause in error.chain().skip(1) {
        // Many errors include the text of their cause.
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text += &format!("\n  because: {cause}");
        }
    }
    text
}

/// What to do about a failed call, in one line. Empty if nothing is known.
pub fn way_out(error: &ClientError) -> String {
    let advice = advice(error);
    let lines = advice.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('('));
    lines.collect::<Vec<_>>().join(" ")
}

fn advice(error: &ClientError) -> String {
    let Some(failure) = error.failure() else {
        return match error {
            ClientError::Verification { .. } => format!(
                "\n  ({}) Do not rely on it. Use another server, with --aggregator, and tell the \
                 people who run this one.",
                error.reason()
            ),
            _ => String::new(),
        };
    };
    let mut text = String::new();
    match failure.reason.as_str() {
        "pin_mismatch" => {
            text += "\n  Ask the people who run it for the address that it prints now; go on only if \
                     they say that they changed the key.";
        }
        "tls_failed" => {
            text += "\n  If the server has no certificate from a public authority, its address ends in \
                     #sha256=…: copy all of it. If you run it with a `domain`, \
                     `hedgerow-aggregator certificate` (or `hedgerow-node certificate`) says why \
                     it has none.";
        }
        "connect_failed" | "connect_timed_out" | "name_not_found" => {
            text += "\n  Is it running, and is the address right? It comes from --aggregator or \
                     HEDGEROW_AGGREGATOR (for stewards, from the steward file).";
        }
        "etag_mismatch" => {
            text += "\n  It was changed meanwhile, perhaps on another computer: `hedgerow edit KEY \
                     --print` prints the newest version. To overwrite that one, delete the line \
                     `etag: …` from the file.";
        }
        _ => {}
    }
    if let Some(delay) = failure.retry_after {
        text += &format!("\n  Try again in {} seconds.", delay.as_secs().max(1));
    }
    format!("{text}\n  ({})", failure.reason)
}

#[cfg(test)]
mod tests;
