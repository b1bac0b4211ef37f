//! What fits an offer or a need, beside it.

use askama::Template;

use crate::components::ResultRow;
use crate::shell::Shell;
use crate::text::Text;
use crate::view::{Hit, Kind};
use crate::words::Words;

/// What the page shows.
#[derive(Debug)]
pub struct FitsView {
    /// The offer or need.
    pub subject: Hit,
    /// The address of this page.
    pub href: String,
    pub fits: Vec<FitRow>,
    /// Whether there are more than were compared.
    pub is_partial: bool,
    /// The token of the next page; empty on the last.
    pub next_page: String,
    pub is_later_page: bool,
}

/// One that fits.
#[derive(Debug)]
pub struct FitRow {
    pub hit: Hit,
    /// What fits, and what to clear up with the other group.
    pub fits: Vec<Text>,
    pub to_ask: Vec<Text>,
}

#[derive(Template)]
#[template(path = "pages/fits.html")]
pub struct Fits {
    t: Words,
    shell: Shell,
    view: FitsView,
}

impl Fits {
    pub fn new(shell: Shell, view: FitsView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }

    fn is_need(&self) -> bool {
        self.view.subject.kind == Kind::Need
    }
}
