//! A question with one answer of several (radios), or with any of them (checkboxes).

use askama::Template;
use askama::filters::HtmlSafe;

use super::error_summary::Errors;
use crate::text::Text;

/// One possible answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChoice {
    pub value: String,
    pub label: Text,
    pub hint: String,
    pub is_chosen: bool,
}

impl FieldChoice {
    pub fn new(value: &str, label: Text, is_chosen: bool) -> Self {
        Self {
            value: value.to_owned(),
            label,
            hint: String::new(),
            is_chosen,
        }
    }

    #[must_use]
    pub fn hint(mut self, hint: String) -> Self {
        self.hint = hint;
        self
    }
}

#[derive(Template)]
#[template(path = "components/fields/choices.html")]
pub struct Choices<'a> {
    name: &'a str,
    legend: String,
    hint: String,
    error: Option<Text>,
    kind: &'static str,
    choices: Vec<FieldChoice>,
}

impl<'a> Choices<'a> {
    /// One of several.
    pub fn one(name: &'a str, legend: String, choices: Vec<FieldChoice>) -> Self {
        Self {
            name,
            legend,
            hint: String::new(),
            error: None,
            kind: "radio",
            choices,
        }
    }

    /// Any of several.
    pub fn any(name: &'a str, legend: String, choices: Vec<FieldChoice>) -> Self {
        Self {
            kind: "checkbox",
            ..Self::one(name, legend, choices)
        }
    }

    #[must_use]
    pub fn hint(mut self, hint: String) -> Self {
        self.hint = hint;
        self
    }

    #[must_use]
    pub fn errors(mut self, errors: &Errors) -> Self {
        self.error = errors.of(self.name);
        self
    }
}

impl HtmlSafe for Choices<'_> {}
