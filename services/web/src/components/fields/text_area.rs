//! A field of several lines.

use askama::Template;
use askama::filters::HtmlSafe;

use super::error_summary::Errors;
use crate::text::Text;

#[derive(Template)]
#[template(path = "components/fields/text_area.html")]
pub struct TextArea<'a> {
    name: &'a str,
    label: String,
    hint: String,
    value: &'a str,
    error: Option<Text>,
    rows: u8,
    max: usize,
}

impl<'a> TextArea<'a> {
    pub fn new(name: &'a str, label: String) -> Self {
        Self {
            name,
            label,
            hint: String::new(),
            value: "",
            error: None,
            rows: 5,
            max: 10_000,
        }
    }

    #[must_use]
    pub fn hint(mut self, hint: String) -> Self {
        self.hint = hint;
        self
    }

    #[must_use]
    pub fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    #[must_use]
    pub fn errors(mut self, errors: &Errors) -> Self {
        self.error = errors.of(self.name);
        self
    }

    #[must_use]
    pub fn rows(mut self, rows: u8) -> Self {
        self.rows = rows;
        self
    }

    /// Maximum characters.
    #[must_use]
    pub fn max(mut self, max: usize) -> Self {
        self.max = max;
        self
    }
}

impl HtmlSafe for TextArea<'_> {}
