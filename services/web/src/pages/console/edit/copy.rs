//! Events of one month, to copy them to another.

use askama::Template;

use chrono::{NaiveDate, NaiveDateTime};

use super::ask::Question;
use crate::pages::console::Frame;
use crate::text::Text;
use crate::words::Words;

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct CopiesView {
    /// The month that the events are of, and the month to copy them to.
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub rows: Vec<CopyRow>,
    /// Sentences of the rules that keep them from being published.
    pub problems: Vec<Text>,
    pub questions: Vec<Question>,
    pub action: String,
    pub back: String,
    pub request: String,
}

/// One event.
#[derive(Clone, Debug)]
pub struct CopyRow {
    pub key: String,
    pub title: Text,
    pub was: NaiveDateTime,
    /// The new day in ISO 8601, as it can be changed.
    pub day: String,
    /// Whether an event of this name is there already.
    pub exists: bool,
    pub is_chosen: bool,
}

#[derive(Template)]
#[template(path = "pages/console/edit/copy.html")]
pub struct Copies {
    t: Words,
    frame: Frame,
    view: CopiesView,
}

impl Copies {
    pub fn new(frame: Frame, view: CopiesView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }
}
