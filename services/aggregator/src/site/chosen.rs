//! The filters in force, to be removed one by one.

use hedgerow_web::form::Form;
use hedgerow_web::view::Choice;
use hedgerow_web::{Text, Words};

use super::facets::label;
use super::search_form::option;

/// Fields that the search box shows.
const IN_BOX: [&str; 3] = ["q", "near", "within"];

/// The chosen filters besides words and place.
pub(super) fn chosen(form: &Form, words: Words) -> Vec<Choice> {
    let chosen = form.fields().filter_map(|(name, value)| {
        let option = option(name).filter(|_| !IN_BOX.contains(&name))?;
        Some(Choice {
            name: option.name,
            value: value.to_owned(),
            label: Text::plain(&label(name, value, words)),
            count: None,
            is_chosen: true,
        })
    });
    chosen.collect()
}

/// What the fields of a filter say, for a button that leaves them out.
pub(super) fn labels_of(names: &[String], form: &Form, words: Words) -> Text {
    let fields = form
        .fields()
        .filter(|(name, _)| names.iter().any(|it| it == name));
    let shown = fields.filter(|(name, _)| *name != "within" || names.len() == 1);
    let labels: Vec<String> = shown
        .map(|(name, value)| match name {
            "q" | "near" => value.to_owned(),
            name => label(name, value, words),
        })
        .collect();
    Text::plain(&labels.join(", "))
}
