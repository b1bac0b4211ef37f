//! A field of one line.

use askama::Template;
use askama::filters::HtmlSafe;

use super::error_summary::Errors;
use crate::text::Text;

#[derive(Template)]
#[template(path = "components/fields/text_field.html")]
pub struct TextField<'a> {
    name: &'a str,
    label: String,
    hint: String,
    value: &'a str,
    error: Option<Text>,
    kind: &'static str,
    autocomplete: &'static str,
    max: usize,
    class: &'static str,
}

impl<'a> TextField<'a> {
    pub fn new(name: &'a str, label: String) -> Self {
        Self {
            name,
            label,
            hint: String::new(),
            value: "",
            error: None,
            kind: "text",
            autocomplete: "off",
            max: 500,
            class: "",
        }
    }

    /// Makes a field of a passphrase, whose value is never sent to the browser. `autocomplete` is
    /// `current-password` or `new-password`, so that a password manager can help.
    pub fn passphrase(name: &'a str, label: String, autocomplete: &'static str) -> Self {
        Self {
            kind: "password",
            autocomplete,
            ..Self::new(name, label)
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

    /// `email`, `tel`, `url`, `date` or `time`, for the keyboard of a phone.
    #[must_use]
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    #[must_use]
    pub fn autocomplete(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = autocomplete;
        self
    }

    /// Maximum characters.
    #[must_use]
    pub fn max(mut self, max: usize) -> Self {
        self.max = max;
        self
    }

    /// Makes the field as narrow as a short answer.
    #[must_use]
    pub fn short(mut self) -> Self {
        self.class = "short";
        self
    }
}

impl HtmlSafe for TextField<'_> {}
