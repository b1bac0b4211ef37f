//! What a section of a record says.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::icon::Icon;
use crate::view::{Item, Line};
use crate::words::Words;

#[derive(Template)]
#[template(path = "components/facts.html")]
pub struct Facts<'a> {
    t: Words,
    items: &'a [Item],
}

impl<'a> Facts<'a> {
    pub fn new(t: Words, items: &'a [Item]) -> Self {
        Self { t, items }
    }
}

impl HtmlSafe for Facts<'_> {}

/// A line, and what the group says about it.
pub struct LineView<'a>(pub &'a Line);

impl fmt::Display for LineView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Line { text, words } = self.0;
        match words {
            Some(words) if text.is_empty() => words.fmt(f),
            Some(words) => write!(f, "{text} – {words}"),
            None => text.fmt(f),
        }
    }
}

impl HtmlSafe for LineView<'_> {}
