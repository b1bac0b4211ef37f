//! Sign-in by name and passphrase.

use askama::Template;

use super::frame::{Frame, Hidden};
use crate::components::{ErrorSummary, Errors, TextField};
use crate::words::Words;

/// A form whose session had ended: it is kept as a draft after sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The fields as they were posted, encoded.
    pub form: String,
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
