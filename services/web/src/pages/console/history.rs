//! Who changed what, and when.

use askama::Template;
use chrono::NaiveDateTime;

use super::frame::Frame;
use crate::components::KindLabel;
use crate::text::Text;
use crate::view::Kind;
use crate::words::Words;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Added,
    Changed,
    TakenBack,
}

/// One change.
#[derive(Clone, Debug)]
pub struct Change {
    pub when: NaiveDateTime,
    /// Empty for the host, and for a program with the steward's file.
    pub who: Text,
    pub done: Done,
    pub kind: Kind,
    /// The title that the record has now; empty if it was taken back.
    pub title: Text,
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

    fn what(&self, change: &Change) -> String {
        self.t.text(match change.done {
            Done::Added => "history-added",
            Done::Changed => "history-changed",
            Done::TakenBack => "history-taken-back",
        })
    }

    fn kind(&self, change: &Change) -> String {
        self.t.text(KindLabel::key(change.kind))
    }

    fn when(&self, change: &Change) -> String {
        self.t.span(change.when, None)
    }
}
