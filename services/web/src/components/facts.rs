//! What a section of a record says.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::icon::Icon;
use crate::view::Item;
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
