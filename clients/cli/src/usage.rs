//! Errors of the command line that its grammar cannot catch.

use hedgerow_input::InputError;

/// A mistake on the command line, as a message to a person.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

impl From<InputError> for Usage {
    fn from(error: InputError) -> Self {
        Self(format!("--{error}"))
    }
}
