//! The error of everything that people type.

use std::fmt;

/// A value that cannot be read, with the option that it was typed for and what to type
/// instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct InputError {
    /// The option's name without dashes: `free-at`.
    pub option: &'static str,
    /// As typed. May be empty.
    pub typed: String,
    /// A clause such as "write a distance such as 20mi or 30km".
    pub advice: String,
}

impl InputError {
    pub(crate) fn new(option: &'static str, typed: &str, advice: impl Into<String>) -> Self {
        Self {
            option,
            typed: typed.to_owned(),
            advice: advice.into(),
        }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.option)?;
        if !self.typed.is_empty() {
            write!(f, " {}", self.typed)?;
        }
        write!(f, ": {}", self.advice)
    }
}
