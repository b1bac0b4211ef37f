//! The reviewed table from the data's own words to terms of the vocabulary.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;

use super::table::rows_by;

/// A field of the data whose words are mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Roles,
    Approaches,
    Communities,
    /// What people live with: the vocabulary's experiences.
    Conditions,
    Activities,
    Structure,
    Settings,
    OrganisationForm,
    LedBy,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Roles => "roles",
            Self::Approaches => "approaches",
            Self::Communities => "communities",
            Self::Conditions => "conditions",
            Self::Activities => "activities",
            Self::Structure => "structure",
            Self::Settings => "settings",
            Self::OrganisationForm => "organisation form",
            Self::LedBy => "who leads",
        })
    }
}

#[derive(Debug)]
pub(super) struct Mapping {
    rows: HashMap<(Field, String), Row>,
}

#[derive(Debug, Deserialize)]
struct Row {
    field: Field,
    word: String,
    tag: Option<String>,
    note: String,
}

impl Mapping {
    pub(super) fn embedded() -> Self {
        Self {
            rows: rows_by(include_str!("../../data/mapping.csv"), |row: &Row| {
                (row.field, row.word.clone())
            }),
        }
    }

    /// The term that covers a word. `None` if the review found none, or the table lacks the
    /// word.
    pub(super) fn term(&self, field: Field, word: &str) -> Option<&str> {
        self.rows
            .get(&(field, word.to_owned()))
            .and_then(|row| row.tag.as_deref())
    }

    /// The note on a word: for roles, its description.
    pub(super) fn note(&self, field: Field, word: &str) -> Option<&str> {
        self.rows
            .get(&(field, word.to_owned()))
            .map(|row| row.note.as_str())
            .filter(|note| !note.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_core::vocabulary::vocabulary;

    use super::*;

    #[test]
    fn every_mapped_word_has_a_term_of_the_vocabulary() {
        for ((field, word), row) in Mapping::embedded().rows {
            if let (Some(tag), false) = (&row.tag, field == Field::Roles) {
                assert!(vocabulary().by_id(tag).is_some(), "{field}: {word} → {tag}");
            }
        }
    }
}
