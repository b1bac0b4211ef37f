//! Errors with their sources.

use std::error::Error;
use std::fmt;

/// Displays an error and its sources in one line.
pub(crate) struct Chain<'a>(pub(crate) &'a (dyn Error + 'static));

impl<'a> Chain<'a> {
    pub(crate) fn all(&self) -> impl Iterator<Item = &'a (dyn Error + 'static)> + use<'a> {
        let first: Option<&'a (dyn Error + 'static)> = Some(self.0);
        std::iter::successors(first, |error: &&'a (dyn Error + 'static)| (*error).source())
    }
}

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, error) in self.all().enumerate() {
            if depth > 0 {
                f.write_str(": ")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}
