//! A posted form by the names of its fields.

use std::collections::BTreeMap;

use hedgerow_web::components::{Caption, ChoiceOption, Control, Input};

/// What cannot be read, by the names of the controls.
pub(crate) type Problems = Vec<(String, Caption)>;

/// Values of a form, with line ends as in records and without space around them.
#[derive(Clone, Debug, Default)]
pub struct Posted(BTreeMap<String, Vec<String>>);

/// Parts of one list in one form. A browser posts as many as it was shown; others are not read.
const MAX_PARTS: usize = 200;

impl Posted {
    pub fn new<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in fields {
            let of_name = values.entry(name.to_owned()).or_default();
            of_name.push(normal(value));
        }
        Self(values)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.first().map(String::as_str)
    }

    /// Whether anything was posted for a field or for the fields in it.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name) || self.has_in(name)
    }

    pub(crate) fn has_in(&self, name: &str) -> bool {
        let inner = format!("{name}.");
        self.0
            .range(inner.clone()..)
            .next()
            .is_some_and(|(key, _)| key.starts_with(&inner))
    }

    /// The number of parts of a list: one more than the highest index.
    pub(crate) fn parts(&self, name: &str) -> usize {
        let inner = format!("{name}.");
        let keys = self.0.range(inner.clone()..);
        let keys = keys.take_while(|(key, _)| key.starts_with(&inner));
        let indexes = keys.filter_map(|(key, _)| {
            let index = key.get(inner.len()..)?.split('.').next()?;
            index.parse::<usize>().ok().filter(|it| *it < MAX_PARTS)
        });
        indexes.max().map_or(0, |last| last + 1)
    }

    pub(crate) fn removes(&self, item: &str) -> bool {
        self.get(&format!("{item}.remove")) == Some("yes")
    }

    /// Puts what was posted into a control, and into those in it. Returns whether there was
    /// anything.
    pub(crate) fn fill(&self, name: &str, input: &mut Input) -> bool {
        match input {
            Input::Part(controls) => self.fill_all(controls),
            Input::List { items, .. } => items
                .iter_mut()
                .fold(false, |any, item| self.fill_all(item) | any),
            Input::Choice { options, own } | Input::Choices { options, own } => {
                self.fill_chosen(name, options, own.as_mut())
            }
            Input::Flag(is_set) => {
                let Some(values) = self.0.get(name) else {
                    return false;
                };
                *is_set = values.iter().any(|value| value == "yes");
                true
            }
            Input::Line(value)
            | Input::Text(value)
            | Input::Lines(value)
            | Input::Number(value)
            | Input::Day(value) => {
                let Some(posted) = self.get(name) else {
                    return false;
                };
                posted.clone_into(value);
                true
            }
        }
    }

    fn fill_all(&self, controls: &mut [Control]) -> bool {
        controls.iter_mut().fold(false, |any, control| {
            self.fill(&control.name, &mut control.input) | any
        })
    }

    fn fill_chosen(
        &self,
        name: &str,
        options: &mut [ChoiceOption],
        own: Option<&mut String>,
    ) -> bool {
        let chosen = self.0.get(name);
        if let Some(chosen) = chosen {
            for answer in options {
                answer.is_chosen = chosen.contains(&answer.value);
            }
        }
        let words = self.get(&format!("{name}.own"));
        if let (Some(own), Some(words)) = (own, words) {
            words.clone_into(own);
        }
        chosen.is_some() || words.is_some()
    }
}

/// A value as it is compared: browsers post line ends as CR LF, and cut what surrounds a value.
pub(crate) fn normal(value: &str) -> String {
    value
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .trim()
        .to_owned()
}
