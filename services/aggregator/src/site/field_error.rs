//! Why a field cannot be searched by, and the places that were perhaps meant.

use hedgerow_input::InputError;
use hedgerow_input::filters::{SearchKind, filters_of};
use hedgerow_proto::directory_v1::ResolvedPlace;
use hedgerow_record_views::{capitalised, search_error, unknown_place};
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::view::Choice;
use hedgerow_web::{Text, Words};

/// Shown places to choose from.
const MAX_PLACES: usize = 6;
/// The reason of a place that nobody knows, and the key of its nearest names.
const UNKNOWN_PLACE: &str = "place_unknown";
const SUGGESTIONS: &str = "suggestions";

/// A field with what to type instead.
pub(super) type FieldError = (&'static str, Text);

/// A search that the directory refused.
pub(super) struct Refusal {
    pub(super) error: FieldError,
    /// The places that an unknown name may mean.
    pub(super) places: Vec<Choice>,
}

impl Refusal {
    pub(super) fn new(failure: &CallFailure, words: Words) -> Self {
        let violation = failure.violations.first();
        let field = violation.map_or("", |violation| violation.field.as_str());
        let field = field.strip_prefix("filter.").unwrap_or(field);
        let option = fields_of(field.split(['.', '[']).next().unwrap_or_default());
        let option = option.first().map_or("q", String::as_str);
        let places = suggested_places(failure);
        let text = if places.is_empty() {
            let message = violation.map_or(failure.message.as_str(), |it| &it.message);
            search_error(option, &sentence(message), words)
        } else {
            unknown_place(words)
        };
        Self {
            error: (input_of(option), text),
            places,
        }
    }
}

/// A field that could not be read. Those without an input of their own point to the first one.
pub(super) fn typed_error(error: &InputError, words: Words) -> FieldError {
    (
        input_of(error.option),
        search_error(error.option, &sentence(&error.advice), words),
    )
}

/// Other places of the name that was searched near.
pub(super) fn other_places(near: &ResolvedPlace) -> Vec<Choice> {
    near.others
        .iter()
        .map(String::as_str)
        .map(near_choice)
        .take(MAX_PLACES)
        .collect()
}

fn suggested_places(failure: &CallFailure) -> Vec<Choice> {
    let names = failure.metadata.get(SUGGESTIONS);
    let names = names.filter(|_| failure.reason == UNKNOWN_PLACE);
    let names = names.into_iter().flat_map(|names| names.split(';'));
    let names = names.map(str::trim).filter(|name| !name.is_empty());
    names.map(near_choice).take(MAX_PLACES).collect()
}

fn near_choice(name: &str) -> Choice {
    Choice {
        name: "set-near",
        value: name.to_owned(),
        label: Text::plain(name),
        count: None,
        is_chosen: false,
    }
}

/// The fields that set a filter.
pub(super) fn fields_of(filter: &str) -> Vec<String> {
    if filter == "query" {
        return vec!["q".to_owned()];
    }
    let mut filters = filters_of(SearchKind::Records);
    let options = filters
        .find(|one| one.field == filter)
        .map(|one| one.options);
    let options = options.unwrap_or_default().iter();
    options.map(|option| option.name.to_owned()).collect()
}

fn input_of(option: &str) -> &'static str {
    match option {
        "near" => "near",
        "within" => "within",
        _ => "q",
    }
}

/// A clause as a sentence.
pub(super) fn sentence(clause: &str) -> String {
    let sentence = capitalised(clause);
    if sentence.ends_with(['.', '?', '!']) {
        sentence
    } else {
        sentence + "."
    }
}
