//! One day of a series: to cancel it, or to move it.

use askama::Template;

use chrono::NaiveDateTime;

use crate::pages::console::Frame;
use crate::text::Text;
use crate::words::Words;

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct DatesView {
    pub title: Text,
    /// The next days, each with its value in the form.
    pub days: Vec<(String, NaiveDateTime)>,
    pub chosen: String,
    /// What was typed for the new day and time.
    pub to_day: String,
    pub to_time: String,
    /// The key of what is wrong.
    pub error: Option<&'static str>,
    pub action: String,
    pub back: String,
}

#[derive(Template)]
#[template(path = "pages/console/edit/dates.html")]
pub struct Dates {
    t: Words,
    frame: Frame,
    view: DatesView,
}

impl Dates {
    pub fn new(frame: Frame, view: DatesView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }
}
