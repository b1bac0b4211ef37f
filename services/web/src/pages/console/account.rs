//! A person's own sign-in: passphrase, and the browsers that are signed in.

use askama::Template;
use chrono::NaiveDateTime;

use super::frame::Frame;
use crate::components::{ErrorSummary, Errors, TextField};
use crate::text::Text;
use crate::words::Words;

/// A browser that is signed in.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// What the forms name it by.
    pub id: String,
    /// The kind of device; empty if the browser does not say.
    pub device: Text,
    pub is_this: bool,
    pub used: NaiveDateTime,
}

#[derive(Clone, Debug, Default)]
pub struct AccountView {
    /// Whether this person signs in by name and passphrase.
    pub has_passphrase: bool,
    pub sessions: Vec<SessionRow>,
    pub errors: Errors,
}

#[derive(Template)]
#[template(path = "pages/console/account.html")]
pub struct Account {
    t: Words,
    frame: Frame,
    view: AccountView,
}

impl Account {
    pub fn new(frame: Frame, view: AccountView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }

    fn when(&self, time: &NaiveDateTime) -> String {
        self.t.span(*time, None)
    }
}
