//! How the program ends, and how it says why.

use std::error::Error;
use std::io;
use std::process::ExitCode;

use hedgerow_client::ClientError;
use hedgerow_client::FieldViolation;

use crate::Context;
use crate::context::style;
use crate::document::DocumentError;

/// How a command ended. The numbers are a promise to scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It did what was asked.
    Done,
    /// Something else went wrong.
    Failed,
    /// The command line, or a file given to it, is wrong.
    Usage,
    /// Nothing was found.
    NothingFound,
    /// Something did not pass its check.
    CheckFailed,
    /// The server could not be reached.
    Unreachable,
    /// The server refused.
    Refused,
}

/// The exit codes, for `hedgerow help exit-codes`.
pub const CODES: &str = "Exit codes:
  0  done
  1  something else went wrong
  2  the command line, or a file given to it, is wrong
  3  nothing was found
  4  something did not pass its check: do not trust it
  5  the server could not be reached
  6  the server refused, and said why";

impl Exit {
    /// The number.
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

    fn of(error: &anyhow::Error) -> Self {
        for cause in error.chain() {
            if let Some(error) = cause.downcast_ref::<ClientError>() {
                return match error {
                    ClientError::Address { .. } | ClientError::Token(_) => Self::Usage,
                    ClientError::Unreachable { .. } => Self::Unreachable,
                    ClientError::Refused { .. } if error.is_not_found() => Self::NothingFound,
                    ClientError::Refused { .. } => Self::Refused,
                    ClientError::Check { .. } => Self::CheckFailed,
                };
            }
            // Files that break rules are found out here, before any server is asked.
            if cause.is::<Usage>() || cause.is::<DocumentError>() || cause.is::<Violations>() {
                return Self::Usage;
            }
            let json = cause.downcast_ref::<serde_json::Error>();
            let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
            let kind = io.or(json.and_then(serde_json::Error::io_error_kind));
            if kind == Some(io::ErrorKind::BrokenPipe) {
                // `hedgerow search … | head`: whoever read has read enough.
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

/// Something on the command line that its grammar cannot catch.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// A draft that breaks rules, found before it was sent.
#[derive(Debug, thiserror::Error)]
#[error("{what} cannot be published as it is:{}", shown(.violations))]
pub struct Violations {
    /// What breaks them.
    pub what: String,
    /// Every one of them.
    pub violations: Vec<FieldViolation>,
}

/// Violations as a list, each on its own line, with the way out.
pub fn shown(violations: &[FieldViolation]) -> String {
    let mut text = String::new();
    for violation in violations {
        text += &format!(
            "\n  - {}: {}",
            as_typed(&violation.field),
            violation.message
        );
        if violation.confirmable {
            text += &format!(
                "\n    If it is meant so, add `confirmed: [{}]` to the file, or `--confirm {0}`.",
                violation.reason
            );
        }
    }
    text
}

/// A field of a request by what a person typed for it.
fn as_typed(field: &str) -> &str {
    match field {
        "query" => "the words",
        "near" | "near.place" | "near.district" | "near.point" => "--near",
        "near.distance_m" => "--within",
        other => other,
    }
}

/// Tells a person what went wrong and what to do next, and gives the exit code.
pub fn explain(error: &anyhow::Error, context: &mut Context) -> Exit {
    let exit = Exit::of(error);
    if exit == Exit::Done {
        return exit;
    }
    let bad = style::BAD;
    let mut text = match error.chain().find_map(violations_of) {
        // The list says all that the first line would.
        Some(violations) => {
            format!(
                "{bad}hedgerow:{bad:#} the server could not take this:{}",
                shown(violations)
            )
        }
        None => other_kind_of_server(error).unwrap_or_else(|| chain(error)),
    };
    for cause in error.chain() {
        if let Some(error) = cause.downcast_ref::<ClientError>() {
            text += &advice(error);
        }
    }
    // There is nobody left to tell where even this cannot be written.
    let _ = writeln!(context.notes, "{text}");
    exit
}

fn violations_of<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a [FieldViolation]> {
    let failure = cause.downcast_ref::<ClientError>()?.failure()?;
    Some(failure.violations.as_slice()).filter(|violations| !violations.is_empty())
}

/// A server that does not know the call at all is mostly the wrong one.
fn other_kind_of_server(error: &anyhow::Error) -> Option<String> {
    let bad = style::BAD;
    error.chain().find_map(|cause| {
        let ClientError::Refused { address, failure } = cause.downcast_ref::<ClientError>()? else {
            return None;
        };
        (failure.code == tonic::Code::Unimplemented).then(|| {
            format!(
                "{bad}hedgerow:{bad:#} {address} does not do this: it is an older server, or one of \
                 another kind. Searches are answered by aggregators, not by nodes; stewards are \
                 served by their own node."
            )
        })
    })
}

fn chain(error: &anyhow::Error) -> String {
    let bad = style::BAD;
    let mut text = format!("{bad}hedgerow:{bad:#} {error}");
    for cause in error.chain().skip(1) {
        // An error that says its cause itself need not say it twice.
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text += &format!("\n  because: {cause}");
        }
    }
    text
}

fn advice(error: &ClientError) -> String {
    let Some(failure) = error.failure() else {
        return match error {
            ClientError::Check { .. } => format!(
                "\n  ({}) Do not rely on it. Ask another server, with --aggregator, and tell the \
                 people who run this one.",
                error.reason()
            ),
            _ => String::new(),
        };
    };
    let mut text = String::new();
    match failure.reason.as_str() {
        "pin_mismatch" => {
            text += "\n  Ask whoever runs it for the address as it prints it now; go on only if they \
                     say that they changed the key.";
        }
        "tls_failed" => {
            text += "\n  A server without a certificate of the public roots has #sha256=… in its \
                     address: copy the whole of it.";
        }
        "connect_failed" | "connect_timed_out" | "name_not_found" => {
            text += "\n  Is it running, and is the address right? It is taken from --aggregator or \
                     HEDGEROW_AGGREGATOR (for stewards, from the steward file).";
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
