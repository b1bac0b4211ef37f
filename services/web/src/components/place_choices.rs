//! Places to choose from instead of the one that was typed.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::view::Choice;
use crate::words::Words;

/// A question with a button for each place. It is part of a form with the other fields.
#[derive(Template)]
#[template(path = "components/place_choices.html")]
pub struct PlaceChoices<'a> {
    t: Words,
    /// The key of the question.
    question: &'static str,
    places: &'a [Choice],
}

impl<'a> PlaceChoices<'a> {
    /// Other places with the name that was typed.
    pub fn of_same_name(t: Words, places: &'a [Choice]) -> Self {
        Self {
            t,
            question: "near-others",
            places,
        }
    }

    /// Places that a name which no place has may mean.
    pub fn instead(t: Words, places: &'a [Choice]) -> Self {
        Self {
            t,
            question: "near-guesses",
            places,
        }
    }
}

impl HtmlSafe for PlaceChoices<'_> {}
