//! Tags: terms of the vocabulary to tick, and own words to write.

use hedgerow_core::vocabulary::vocabulary;
use hedgerow_web::components::{Caption, ChoiceOption, Input};

use crate::posted::normal;

/// The prefix of a group's own tags, which is not shown.
const OWN: &str = "x:";

fn is_of(group: &str, tag: &str) -> bool {
    vocabulary()
        .by_id(tag)
        .is_some_and(|term| term.group == group)
}

/// A tag that is no term of the group, as a person reads and writes it.
fn shown(tag: &str) -> &str {
    tag.strip_prefix(OWN).unwrap_or(tag).trim()
}

/// The control of several tags.
pub(crate) fn choices(group: &str, tags: &[String]) -> Input {
    let own: Vec<&str> = tags
        .iter()
        .filter(|tag| !is_of(group, tag))
        .map(|tag| shown(tag))
        .collect();
    Input::Choices {
        options: options(group, &|id| tags.iter().any(|tag| tag == id)),
        own: Some(normal(&own.join("\n"))),
    }
}

/// The control of one tag.
pub(crate) fn choice(group: &str, tag: &str) -> Input {
    let is_term = is_of(group, tag);
    let mut options = options(group, &|id| id == tag);
    options.insert(
        0,
        ChoiceOption {
            value: String::new(),
            label: Caption::Key("form-not-stated"),
            is_chosen: tag.is_empty(),
        },
    );
    Input::Choice {
        options,
        own: Some(normal(if is_term { "" } else { shown(tag) })),
    }
}

fn options(group: &str, is_chosen: &dyn Fn(&str) -> bool) -> Vec<ChoiceOption> {
    let terms = vocabulary().terms().iter();
    terms
        .filter(|term| term.group == group)
        .map(|term| ChoiceOption {
            value: term.id.clone(),
            label: Caption::Term(&term.id),
            is_chosen: is_chosen(&term.id),
        })
        .collect()
}

/// The tag of own words: that of the record before, a term of that name, or the words.
fn tag_of(group: &str, words: &str, before: &[String]) -> String {
    if let Some(same) = before.iter().find(|tag| shown(tag) == words) {
        return same.clone();
    }
    let terms = vocabulary().by_word(words);
    let mut terms = terms.iter().filter(|term| term.group == group);
    match (terms.next(), terms.next()) {
        (Some(term), None) => term.id.clone(),
        _ => words.to_owned(),
    }
}

/// The tags of a control. Those that were there keep their order.
pub(crate) fn read_choices(group: &str, typed: &Input, before: &[String]) -> Vec<String> {
    let Input::Choices { options, own } = typed else {
        return before.to_vec();
    };
    let ticked = options.iter().filter(|answer| answer.is_chosen);
    let mut wanted: Vec<String> = ticked.map(|answer| answer.value.clone()).collect();
    let own = own.iter().flat_map(|words| words.lines());
    let own = own.map(str::trim).filter(|words| !words.is_empty());
    wanted.extend(own.map(|words| tag_of(group, words, before)));
    let mut tags: Vec<String> = before
        .iter()
        .filter(|tag| wanted.contains(tag))
        .cloned()
        .collect();
    for tag in wanted {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// The tag of a control.
pub(crate) fn read_choice(group: &str, typed: &Input, before: &str) -> String {
    let Input::Choice { options, own } = typed else {
        return before.to_owned();
    };
    let own = own.as_deref().unwrap_or_default().trim();
    if !own.is_empty() {
        return tag_of(group, own, &[before.to_owned()]);
    }
    let chosen = options.iter().find(|answer| answer.is_chosen);
    chosen.map_or_else(String::new, |answer| answer.value.clone())
}
