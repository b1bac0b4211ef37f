//! An entry of the embedded catalogue, in the data's own words.

use serde::Deserialize;

use super::mapping::Field;

/// An organisation, group or network that the reports name.
#[derive(Debug, Deserialize)]
pub struct Entry {
    /// Stable: it is part of the published record's key.
    pub id: String,
    pub name: String,
    /// The region under which the report lists it.
    pub region: String,
    /// Its place in the report's words.
    pub place: Option<String>,
    pub(super) also_known_as: Vec<String>,
    pub(super) organisation_form: String,
    pub(super) parent: Option<String>,
    pub(super) roles: Vec<String>,
    pub(super) approaches: Vec<String>,
    pub(super) self_described_terms: Vec<Term>,
    pub(super) led_by: String,
    pub(super) communities: Vec<String>,
    pub(super) conditions: Vec<String>,
    pub(super) activities: Vec<String>,
    pub(super) structure: Vec<String>,
    pub(super) settings: Vec<String>,
    pub(super) paid_peer_workers: Option<bool>,
    pub(super) founded: Option<String>,
    pub(super) website: Option<String>,
    pub(super) summary: String,
    pub(super) note: Option<String>,
    pub(super) source: Source,
    pub(super) other_sources: Vec<Source>,
}

/// A word that the group uses for itself, or rejects.
#[derive(Debug, Deserialize)]
pub(super) struct Term {
    pub(super) term: String,
    pub(super) status: TermStatus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum TermStatus {
    Used,
    Rejected,
}

/// The publication that names an entry.
#[derive(Debug, Deserialize)]
pub(super) struct Source {
    pub(super) title: String,
    pub(super) section: String,
    pub(super) year: Option<u32>,
}

impl Entry {
    /// Every word that the reviewed table maps.
    pub fn words(&self) -> Vec<(Field, &str)> {
        let lists = [
            (Field::Roles, &self.roles),
            (Field::Approaches, &self.approaches),
            (Field::Communities, &self.communities),
            (Field::Conditions, &self.conditions),
            (Field::Activities, &self.activities),
            (Field::Structure, &self.structure),
            (Field::Settings, &self.settings),
        ];
        let mut words: Vec<_> = lists
            .into_iter()
            .flat_map(|(field, words)| words.iter().map(move |word| (field, word.as_str())))
            .collect();
        words.push((Field::OrganisationForm, &self.organisation_form));
        words.push((Field::LedBy, &self.led_by));
        words
    }

    /// Every free text that is published, for a test of privacy.
    #[cfg(test)]
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        [self.name.as_str(), self.summary.as_str()]
            .into_iter()
            .chain(self.note.as_deref())
            .chain(self.also_known_as.iter().map(String::as_str))
            .chain(
                self.self_described_terms
                    .iter()
                    .map(|term| term.term.as_str()),
            )
    }
}
