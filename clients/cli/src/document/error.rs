//! Errors of documents, with the way out.

use std::io;

use super::to_proto::Problem;
use super::written::Origin;

/// The reason why a file cannot be read as documents.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("cannot read {file}: {}", unreadable(source))]
    Unreadable { file: String, source: io::Error },
    /// The text is neither YAML nor JSON.
    #[error("{origin}: this is not valid {form}: {detail}")]
    Malformed {
        origin: Origin,
        /// `YAML` or `JSON`.
        form: &'static str,
        /// The parser's message, with line and column.
        detail: String,
    },
    #[error(
        "{file} is empty: `hedgerow template listing > listing.yaml` writes an example to start \
         from"
    )]
    Empty { file: String },
    #[error("{origin}: {}", list(problems))]
    Wrong {
        origin: Origin,
        /// Every wrong field.
        problems: Vec<Problem>,
    },
}

/// The system's reason, with the way out.
fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder: name the files in it".to_owned(),
        io::ErrorKind::InvalidData => {
            "it is not text: documents are YAML or JSON, and `hedgerow template` prints one"
                .to_owned()
        }
        _ => error.to_string(),
    }
}

fn list(problems: &[Problem]) -> String {
    match problems {
        [only] => only.to_string(),
        several => several.iter().fold(
            format!("{} fields to correct", several.len()),
            |text, problem| format!("{text}\n  - {problem}"),
        ),
    }
}
