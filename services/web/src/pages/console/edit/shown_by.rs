//! Who shows the group: each directory, its state, and why.

use askama::Template;

use chrono::{NaiveDate, NaiveDateTime};

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
    /// Why nothing is sent out, in a sentence of the node.
    pub stopped: Option<Text>,
    /// Whether the first directory must answer before anything is sent out.
    pub is_waiting: bool,
}

/// One directory.
#[derive(Clone, Debug)]
pub struct Place {
    pub address: Text,
    pub link: Option<WebLink>,
    pub showing: Showing,
    /// The operator's words, or what the last try met.
    pub words: Vec<Text>,
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

    fn showing(&self, showing: &Showing) -> String {
        self.t.text(match showing {
            Showing::Now => "shown-now",
            Showing::Older => "shown-older",
            Showing::NotYet => "shown-not-yet",
            Showing::Not(key) => key,
        })
    }
}
