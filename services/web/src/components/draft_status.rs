//! Whether what is typed is kept: filled in by a script, empty without it.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::words::Words;

#[derive(Template)]
#[template(path = "components/draft_status.html")]
pub struct DraftStatus {
    t: Words,
}

impl DraftStatus {
    pub fn new(t: Words) -> Self {
        Self { t }
    }
}

impl HtmlSafe for DraftStatus {}
