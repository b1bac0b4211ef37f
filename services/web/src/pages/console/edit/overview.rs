//! One record: what it says, and what can be done with it.

use askama::Template;

use chrono::NaiveDate;

use super::fill_in::FormPart;
use crate::components::{AnswerView, Caption, Control, Facts};
use crate::pages::console::Frame;
use crate::text::Text;
use crate::view::Section;
use crate::words::Words;

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct OverviewView {
    pub title: Text,
    pub kind_key: &'static str,
    /// The keys of labels: not public, waits, cancelled.
    pub states: Vec<&'static str>,
    /// The pages of its form.
    pub parts: Vec<FormPart>,
    /// What people see, or what would be seen.
    pub sections: Vec<Section>,
    /// What it says, for a kind that has no page.
    pub fields: Vec<Control>,
    pub is_public: bool,
    /// Links: the key of the words, and the page.
    pub links: Vec<(&'static str, String)>,
    /// Buttons in one press.
    pub actions: Vec<OverviewAction>,
    /// A form that is not sent yet: the page to go on.
    pub draft: Option<String>,
    pub draft_discard: String,
    /// When a person last said that it is still right.
    pub confirmed: Option<NaiveDate>,
    pub back: String,
}

/// Something that is done in one press.
#[derive(Clone, Debug)]
pub struct OverviewAction {
    /// The key of the button.
    pub key: &'static str,
    /// The key of a sentence on what it does.
    pub words: &'static str,
    pub action: String,
}

#[derive(Template)]
#[template(path = "pages/console/edit/overview.html")]
pub struct Overview {
    t: Words,
    frame: Frame,
    view: OverviewView,
}

impl Overview {
    pub fn new(frame: Frame, view: OverviewView) -> Self {
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
