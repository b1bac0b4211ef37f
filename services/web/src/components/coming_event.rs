//! An event on its group's own page, with its next date.

use askama::Template;
use askama::filters::HtmlSafe;

use super::result_row::PlaceLine;
use super::source::StateBadge;
use super::when::WhenLine;
use crate::icon::Icon;
use crate::text::Text;
use crate::view::{Place, State, When};
use crate::words::Words;

/// An event with its next date, if it has dates.
#[derive(Debug)]
pub struct Coming {
    pub href: String,
    pub title: Text,
    pub when: Option<When>,
    /// How often it is, in the group's words or by its rule; empty for a single date.
    pub how_often: Text,
    pub place: Option<Place>,
    pub online: bool,
    pub state: Option<State>,
}

#[derive(Template)]
#[template(path = "components/coming_event.html")]
pub struct ComingEvent<'a> {
    t: Words,
    event: &'a Coming,
}

impl<'a> ComingEvent<'a> {
    pub fn new(t: Words, event: &'a Coming) -> Self {
        Self { t, event }
    }
}

impl HtmlSafe for ComingEvent<'_> {}
