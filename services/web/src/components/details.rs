//! What a list adds to a row: the facts that matter there, progress, and what fits.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::components::{Facts, ProgressBar};
use crate::view;
use crate::words::Words;

#[derive(Template)]
#[template(path = "components/details.html")]
pub struct Details<'a> {
    t: Words,
    details: &'a view::Details,
    /// The position of the row on the page, whose title has an id with it.
    number: Option<usize>,
}

impl<'a> Details<'a> {
    pub fn new(t: Words, details: &'a view::Details, number: Option<usize>) -> Self {
        Self { t, details, number }
    }
}

impl HtmlSafe for Details<'_> {}
