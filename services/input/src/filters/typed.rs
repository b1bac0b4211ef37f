//! Values as typed.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::InputError;
use hedgerow_proto::words::{WordEnum, from_word, words};

/// Options with their values, not read yet.
#[derive(Debug, Clone, Default)]
pub struct Typed(BTreeMap<&'static str, Vec<String>>);

impl Typed {
    /// Adds a value of an option. A flag has the empty value.
    pub fn push(&mut self, option: &'static str, value: impl Into<String>) {
        self.0.entry(option).or_default().push(value.into());
    }

    pub fn is_set(&self, option: &str) -> bool {
        self.0.contains_key(option)
    }

    /// The first value.
    pub fn get(&self, option: &str) -> Option<&str> {
        self.all(option).first().map(String::as_str)
    }

    pub fn all(&self, option: &str) -> &[String] {
        self.0.get(option).map_or(&[], Vec::as_slice)
    }

    /// `Some(true)` if a flag is set: filters of the protocol are absent rather than false.
    pub(super) fn flag(&self, option: &str) -> Option<bool> {
        self.is_set(option).then_some(true)
    }

    pub(super) fn number<N: FromStr>(&self, option: &'static str) -> Result<Option<N>, InputError> {
        let read = |text: &str| {
            let number = text.trim().parse();
            number.map_err(|_| InputError::new(option, text, "write a whole number"))
        };
        self.get(option).map(read).transpose()
    }

    /// The numbers of an enum's values, by their words.
    pub(super) fn choices<E: WordEnum>(
        &self,
        option: &'static str,
    ) -> Result<Vec<i32>, InputError> {
        let read = |text: &String| {
            let value: Option<E> = from_word(text);
            value.map(Into::into).ok_or_else(|| {
                let advice = format!("choose one of {}", words::<E>().join(", "));
                InputError::new(option, text, advice)
            })
        };
        self.all(option).iter().map(read).collect()
    }
}
