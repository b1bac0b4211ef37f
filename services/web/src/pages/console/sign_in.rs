//! Sign-in by name and passphrase.

use std::fmt;

use askama::Template;

use super::frame::{Frame, Hidden};
use crate::components::{ErrorSummary, Errors, TextField};
use crate::words::Words;

/// A form whose session had ended: it is kept as a draft after sign-in.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// The page to go on with.
    pub next: String,
    /// The fields as they were posted, encoded.
    pub form: String,
}

impl fmt::Debug for Kept {
    /// Without the words, which must be in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").finish_non_exhaustive()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInView {
    /// The name that was typed.
    pub name: String,
    pub errors: Errors,
    /// The page to go to.
    pub next: String,
    pub kept: Option<Kept>,
}

#[derive(Template)]
#[template(path = "pages/console/sign_in.html")]
pub struct SignIn {
    t: Words,
    frame: Frame,
    view: SignInView,
}

impl SignIn {
    pub fn new(frame: Frame, view: SignInView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }
}
