//! "Check your answers": what was written, each with a link to change it.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::text::Text;
use crate::words::Words;

/// One answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub label: String,
    /// Several for a list. Empty if nothing was answered.
    pub values: Vec<Text>,
    /// The page where it can be changed; empty without a link.
    pub change: String,
}

#[derive(Template)]
#[template(path = "components/fields/answers.html")]
pub struct Answers<'a> {
    t: Words,
    answers: &'a [Answer],
}

impl<'a> Answers<'a> {
    pub fn new(t: Words, answers: &'a [Answer]) -> Self {
        Self { t, answers }
    }
}

impl HtmlSafe for Answers<'_> {}
