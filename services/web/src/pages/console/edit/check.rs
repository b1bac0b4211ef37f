//! What exactly changes, and what will be public, before it is.

use askama::Template;

use chrono::NaiveDateTime;

use super::ask::Question;
use crate::components::{AnswerView, Caption, Control, Facts};
use crate::pages::console::Frame;
use crate::text::Text;
use crate::view::Section;
use crate::words::Words;

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct CheckView {
    pub title: Text,
    pub is_new: bool,
    pub changes: Vec<Compared>,
    /// Keys of sentences about the record as a whole, such as a wider audience.
    pub also: Vec<&'static str>,
    /// Sentences on what the node changed before anything is published.
    pub adjustments: Vec<Text>,
    /// Problems: the sentence, and the page and field where it can be changed.
    pub problems: Vec<(Text, String)>,
    /// What must be confirmed by a tick.
    pub questions: Vec<Question>,
    /// Keys of hints that do not have to be followed.
    pub hints: Vec<&'static str>,
    /// What people will see. Empty if it stays private, or cannot be published as it is.
    pub sections: Vec<Section>,
    pub is_public: bool,
    /// The next days on which it takes place.
    pub next: Vec<NaiveDateTime>,
    pub action: String,
    pub change: String,
    /// Makes a second press of the button harmless.
    pub request: String,
}

/// A field before and after.
#[derive(Clone, Debug)]
pub struct Compared {
    pub before: Control,
    pub after: Control,
    /// The page and field where it can be changed.
    pub href: String,
}

#[derive(Template)]
#[template(path = "pages/console/edit/check.html")]
pub struct Check {
    t: Words,
    frame: Frame,
    view: CheckView,
}

impl Check {
    pub fn new(frame: Frame, view: CheckView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }

    fn say(&self, caption: &Caption) -> String {
        caption.plain(self.t)
    }

    fn may_publish(&self) -> bool {
        self.view.problems.is_empty()
    }
}
