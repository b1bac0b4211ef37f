//! A place among the words of a search.

use crate::evidence::Evidence;
use crate::meaning::Meaning;
use crate::places::Places;

/// Words of a search that are looked at.
const MAX_WORDS: usize = 32;
/// Words of a place's name at the end of a search.
const MAX_NAME_WORDS: usize = 4;
/// Words before a place.
const PREPOSITIONS: [&str; 5] = ["in", "near", "around", "at", "nr"];
/// Without such a word before it, a place has to be known to be meant: `bath chairs` and
/// `women reading` are about neither town, but an offer does no harm.
const WELL_KNOWN: u64 = 20_000;

/// A place among words, and the other words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The place, under the name to search near it.
    pub place: String,
    /// The words without it.
    pub words: String,
}

impl Places {
    /// Returns the place at the end of a search's words: `anxiety group in Manchester`.
    #[must_use]
    pub fn offer(&self, words: &str, evidence: &Evidence<'_>) -> Option<Offer> {
        let words: Vec<&str> = words.split_whitespace().take(MAX_WORDS + 1).collect();
        if words.len() < 2 || words.len() > MAX_WORDS {
            return None;
        }
        let is_preposition = |word: &&str| PREPOSITIONS.contains(&word.to_lowercase().as_str());
        let before = words.iter().rposition(is_preposition).filter(|at| *at > 0);
        let named = before.filter(|at| (1..=MAX_NAME_WORDS + 2).contains(&(words.len() - at - 1)));
        if let Some(at) = named
            && let Some(place) = self.offered(&words[at + 1..].join(" "), evidence, 0)
        {
            return Some(Offer {
                place,
                words: words[..at].join(" "),
            });
        }
        let longest = MAX_NAME_WORDS.min(words.len() - 1);
        (1..=longest).rev().find_map(|length| {
            let (rest, name) = words.split_at(words.len() - length);
            let place = self.offered(&name.join(" "), evidence, WELL_KNOWN)?;
            Some(Offer {
                place,
                words: rest.join(" "),
            })
        })
    }

    fn offered(&self, name: &str, evidence: &Evidence<'_>, min_weight: u64) -> Option<String> {
        let record = match self.resolve_known(name, evidence).ok()? {
            Meaning::Place(record) | Meaning::Area(record) => record,
            Meaning::Ask { likely, .. } => likely,
            Meaning::Districts { code, .. } => return Some(code),
            Meaning::Unknown { .. } => return None,
        };
        (record.weight() >= min_weight).then(|| record.full_name())
    }
}
