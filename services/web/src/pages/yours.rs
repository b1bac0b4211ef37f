//! "Is this you?": how to correct an entry or have it taken out, and a form for that.

use askama::Template;

use crate::form::Form;
use crate::link::WebLink;
use crate::shell::Shell;
use crate::text::Text;
use crate::words::Words;

/// What the page shows.
#[derive(Debug)]
pub struct YoursView {
    pub title: Text,
    /// The page of the entry.
    pub record_href: String,
    /// The address of this page.
    pub href: String,
    /// Whether the entry repeats a source; otherwise the group published it.
    pub is_catalogued: bool,
    /// What was typed.
    pub form: Form,
    /// The field that cannot be taken, and the key of the reason.
    pub error: Option<(&'static str, YoursError)>,
    /// Whether it was sent.
    pub is_sent: bool,
    /// The days after which it is deleted.
    pub days_kept: u64,
    /// How to reach the people who run this directory.
    pub operator_contact: Option<WebLink>,
}

/// Why a request cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YoursError {
    NoWish,
    NothingToCorrect,
    TooLong,
    ReplyTooLong,
}

impl YoursError {
    fn key(self) -> &'static str {
        match self {
            Self::NoWish => "yours-no-wish",
            Self::NothingToCorrect => "yours-nothing-to-correct",
            Self::TooLong => "yours-too-long",
            Self::ReplyTooLong => "yours-reply-too-long",
        }
    }
}

#[derive(Template)]
#[template(path = "pages/yours.html")]
pub struct Yours {
    t: Words,
    shell: Shell,
    view: YoursView,
}

impl Yours {
    pub fn new(shell: Shell, view: YoursView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }

    /// What was typed, without letters that turn the text around them.
    fn value(&self, name: &str) -> String {
        Text::plain(self.view.form.get(name)).as_str().to_owned()
    }

    fn is_chosen(&self, wish: &str) -> bool {
        self.view.form.get("wish") == wish
    }
}
