//! Two versions of one record, side by side.

use askama::Template;

use crate::components::{AnswerView, Caption, Control};
use crate::pages::console::Frame;
use crate::text::Text;
use crate::words::Words;

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct ConflictView {
    pub title: Text,
    /// Whether the other version is of another window of the same person.
    pub is_own_window: bool,
    pub fields: Vec<Versions>,
    pub action: String,
    pub back: String,
}

/// One field in both versions.
#[derive(Clone, Debug)]
pub struct Versions {
    pub path: String,
    pub mine: Control,
    pub theirs: Control,
}

#[derive(Template)]
#[template(path = "pages/console/edit/conflict.html")]
pub struct Conflict {
    t: Words,
    frame: Frame,
    view: ConflictView,
}

impl Conflict {
    pub fn new(frame: Frame, view: ConflictView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }

    fn say(&self, caption: &Caption) -> String {
        caption.plain(self.t)
    }
}
