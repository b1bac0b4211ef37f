//! Who changed what, and when.

use askama::Template;
use chrono::NaiveDateTime;

use super::frame::Frame;
use crate::text::Text;
use crate::view::Kind;
use crate::words::Words;

/// One change.
#[derive(Clone, Debug)]
pub struct Change {
    pub when: NaiveDateTime,
    /// Empty for the host, and for a program with the steward's file.
    pub who: Text,
    /// The key of what was done.
    pub done: &'static str,
    /// The kind of a record; `None` for a change of people or settings.
    pub kind: Option<Kind>,
    /// The title that the record has, or had while an earlier version is kept; or whom or what
    /// else the change was about.
    pub about: Text,
    /// The page that brings the earlier version back, while it is kept.
    pub undo: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct HistoryView {
    pub changes: Vec<Change>,
    /// The address of older changes.
    pub older: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/console/history.html")]
pub struct History {
    t: Words,
    frame: Frame,
    view: HistoryView,
}

impl History {
    pub fn new(frame: Frame, view: HistoryView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }

    fn when(&self, change: &Change) -> String {
        self.t.span(change.when, None)
    }
}
