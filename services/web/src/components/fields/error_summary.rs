//! What is wrong with a form, at its top and at each field.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::text::Text;
use crate::words::Words;

/// The fields of a form that must be changed, each with a sentence that says how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(Vec<(String, Text)>);

impl Errors {
    /// Adds an error. Sentences of the rules may contain words that were typed.
    pub fn add(&mut self, field: &str, sentence: &str) {
        self.0.push((field.to_owned(), Text::plain(sentence)));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The error of a field; several as one text.
    pub fn of(&self, field: &str) -> Option<Text> {
        let own = self.0.iter().filter(|(name, _)| name == field);
        let own: Vec<&str> = own.map(|(_, sentence)| sentence.as_str()).collect();
        (!own.is_empty()).then(|| Text::plain(&own.join(" ")))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Text)> {
        self.0
            .iter()
            .map(|(field, sentence)| (field.as_str(), sentence))
    }
}

/// All errors with links to their fields. Nothing if there are none.
#[derive(Template)]
#[template(path = "components/fields/error_summary.html")]
pub struct ErrorSummary<'a> {
    t: Words,
    errors: &'a Errors,
}

impl<'a> ErrorSummary<'a> {
    pub fn new(t: Words, errors: &'a Errors) -> Self {
        Self { t, errors }
    }
}

impl HtmlSafe for ErrorSummary<'_> {}
