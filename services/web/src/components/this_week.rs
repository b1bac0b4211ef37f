//! The next events near a place, a line each.

use askama::Template;
use askama::filters::HtmlSafe;

use super::result_row::PlaceLine;
use super::source::StateBadge;
use super::when::WhenLine;
use crate::view;
use crate::words::Words;

/// The events of the next seven days near a place, with a button for all of them. It is part of a
/// form that has the place.
#[derive(Template)]
#[template(path = "components/this_week.html")]
pub struct ThisWeek<'a> {
    t: Words,
    week: &'a view::ThisWeek,
}

impl<'a> ThisWeek<'a> {
    pub fn new(t: Words, week: &'a view::ThisWeek) -> Self {
        Self { t, week }
    }

    fn heading(&self) -> String {
        let place = [("place", self.week.place.as_str())];
        match (self.week.place.is_empty(), self.week.is_inside) {
            (true, _) => self.t.text("week-everywhere"),
            (false, true) => self.t.with("week-in", &place),
            (false, false) => self.t.with("week-near", &place),
        }
    }
}

impl HtmlSafe for ThisWeek<'_> {}
