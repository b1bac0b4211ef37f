//! The fields to search by: what, and near where.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::text::Text;
use crate::words::Words;

/// The distances to choose from, in miles.
pub const DISTANCES: [&str; 6] = ["3mi", "5mi", "10mi", "20mi", "50mi", "100mi"];

#[derive(Template)]
#[template(path = "components/search_box.html")]
pub struct SearchBox<'a> {
    t: Words,
    query: &'a str,
    near: &'a str,
    within: &'a str,
    /// The key of the examples of words.
    hint: &'static str,
    has_place: bool,
}

impl<'a> SearchBox<'a> {
    pub fn new(t: Words, query: &'a str, near: &'a str, within: &'a str) -> Self {
        Self {
            t,
            query,
            near,
            within,
            hint: "search-what-hint",
            has_place: true,
        }
    }

    /// With other examples of words.
    #[must_use]
    pub fn hint(mut self, key: &'static str) -> Self {
        self.hint = key;
        self
    }

    /// For what has no place.
    #[must_use]
    pub fn without_place(mut self) -> Self {
        self.has_place = false;
        self
    }

    pub fn empty(t: Words) -> Self {
        Self::new(t, "", "", "")
    }

    /// The number of miles of a distance that can be chosen.
    fn miles(&self, distance: &str) -> u64 {
        distance.trim_end_matches("mi").parse().unwrap_or_default()
    }

    fn is_chosen(&self, distance: &str) -> bool {
        self.within == distance
    }

    /// The same as a text without markup, which an option cannot contain.
    fn other_shown(&self) -> String {
        Text::plain(self.within).as_str().to_owned()
    }

    /// A distance that was typed elsewhere.
    fn other(&self) -> Option<&str> {
        let is_other = !self.within.is_empty() && !DISTANCES.contains(&self.within);
        is_other.then_some(self.within)
    }
}

impl HtmlSafe for SearchBox<'_> {}
