//! Who shows the group: each directory, its state, and why.

use askama::Template;

use chrono::{NaiveDate, NaiveDateTime};

use crate::components::{ErrorSummary, Errors, TextField};
use crate::link::WebLink;
use crate::pages::console::Frame;
use crate::text::Text;
use crate::words::Words;

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct ShownByView {
    pub places: Vec<Place>,
    /// Changes that are not sent out yet.
    pub waiting: u64,
    /// Why nothing is sent out.
    pub stopped: Option<Stopped>,
    /// Whether the first directory must answer before anything is sent out.
    pub is_waiting: bool,
    /// The form for one more directory. `None` if this person may name none.
    pub add: Option<AddPlace>,
    /// Whether the host lets no directory show anything.
    pub is_closed: bool,
    /// Where the forms are posted.
    pub action: String,
}

/// A directory to add, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct AddPlace {
    pub address: String,
    /// The hash of its key, if it has no public name.
    pub pin: String,
    pub errors: Errors,
}

/// Why nothing is sent out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// The key of a sentence.
    pub why: &'static str,
    /// What the node says, with the command that ends it.
    pub detail: Text,
}

/// One directory.
#[derive(Clone, Debug)]
pub struct Place {
    pub address: Text,
    pub link: Option<WebLink>,
    pub showing: Showing,
    /// The operator's words.
    pub reason: Text,
    /// Whether the last try failed.
    pub is_failing: bool,
    /// Records that it did not take.
    pub refused: u64,
    /// What the programs said, for somebody who looks after them.
    pub technical: Vec<Text>,
    /// Its whole address, if it can be removed here.
    pub remove: Option<String>,
    /// When it last had everything.
    pub since: Option<NaiveDate>,
    /// When the next try is.
    pub next: Option<NaiveDateTime>,
}

/// Whether a directory shows a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Showing {
    /// With everything.
    Now,
    /// With an earlier version; the newest is on its way.
    Older,
    NotYet,
    /// The key of why it waits or does not show it.
    Not(&'static str),
}

#[derive(Template)]
#[template(path = "pages/console/edit/shown_by.html")]
pub struct ShownBy {
    t: Words,
    frame: Frame,
    view: ShownByView,
}

impl ShownBy {
    pub fn new(frame: Frame, view: ShownByView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }

    /// The fields of a directory to add.
    fn fields<'a>(&self, add: &'a AddPlace) -> [TextField<'a>; 2] {
        let address = TextField::new("address", self.t.text("shown-add-address"))
            .hint(self.t.text("shown-add-address-hint"))
            .value(&add.address)
            .errors(&add.errors);
        let pin = TextField::new("pin", self.t.text("shown-add-pin"))
            .hint(self.t.text("shown-add-pin-hint"))
            .value(&add.pin)
            .errors(&add.errors);
        [address, pin]
    }

    fn showing(&self, showing: &Showing) -> String {
        self.t.text(match showing {
            Showing::Now => "shown-now",
            Showing::Older => "shown-older",
            Showing::NotYet => "shown-not-yet",
            Showing::Not(key) => key,
        })
    }
}
