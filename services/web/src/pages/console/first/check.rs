//! Exactly what will be public, beside what stays private.

use askama::Template;

use crate::components::{Answer, Answers, ErrorSummary, Errors, Facts};
use crate::pages::console::Frame;
use crate::text::Text;
use crate::view::Section;
use crate::words::Words;

/// A record as people will read it.
#[derive(Clone, Debug)]
pub struct PublicRecord {
    pub title: Text,
    pub summary: Text,
    pub sections: Vec<Section>,
    /// What is in the record too, although its page does not show it.
    pub also: Vec<Answer>,
    /// What the node changes before it publishes, in sentences.
    pub adjustments: Vec<Text>,
}

/// A question before publishing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What a tick confirms.
    pub value: String,
    pub sentence: Text,
    pub is_confirmed: bool,
}

#[derive(Clone, Debug, Default)]
pub struct FirstCheckView {
    pub records: Vec<PublicRecord>,
    pub questions: Vec<Question>,
    /// What must be changed first; each leads to its page.
    pub wrong: Vec<(String, Text)>,
    pub errors: Errors,
    /// The names of the directories that it is sent to.
    pub directories: Vec<Text>,
}

#[derive(Template)]
#[template(path = "pages/console/first/check.html")]
pub struct FirstCheck {
    t: Words,
    frame: Frame,
    view: FirstCheckView,
}

impl FirstCheck {
    pub fn new(frame: Frame, view: FirstCheckView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }
}
