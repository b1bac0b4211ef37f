//! The vocabulary looked up by stems: how to expand the words of a query, and which words are
//! spelt correctly.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use hedgerow_core::vocabulary::{Saying, Term, WordRing, vocabulary};

use crate::analysis::query_words::{QueryWord, part_stems, query_words};
use crate::analysis::tokenizer::forms;
use crate::analysis::word_lists::{is_skipped_in_sayings, singular};

/// Longer labels and synonyms are not matched as phrases.
pub const MAX_PHRASE_WORDS: usize = 6;
/// Words of a query that are skipped between two words of a saying.
const MAX_SKIPPED: usize = 5;
/// Groups of terms that are no answer to one of their examples: they say what a group is, not
/// what it does.
const GROUPS_WIDER_THAN_EXAMPLES: [&str; 7] = [
    "meaning-of-peer",
    "organisation-form",
    "funding-status",
    "need",
    "value",
    "peer-role",
    "referral-route",
];

/// The vocabulary's data on a phrase.
#[derive(Default)]
pub struct Phrase {
    stems: Vec<String>,
    /// Ids of the terms that the phrase names.
    pub tags: Vec<String>,
    /// Ids of narrower terms.
    pub narrower: Vec<String>,
    /// Ids of the terms of which the phrase is an example.
    pub wider: Vec<String>,
    /// Synonyms, narrower words and examples, never broader words.
    pub expansions: Vec<String>,
    /// Whether other words of the vocabulary have the same stems and another meaning.
    pub has_ambiguous_stems: bool,
    /// Whether it says what a person lives with, rather than a kind of group.
    pub is_subject: bool,
    /// Whether everybody may want it, such as a break: no subject if there is another one.
    pub is_general: bool,
    /// Whether it is a need rather than a saying.
    pub is_need: bool,
}

/// The words of a saying in order.
struct SayingKey {
    stems: Vec<String>,
    /// Whether no word may stand between them.
    is_exact: bool,
    phrase: usize,
}

#[derive(Default)]
struct Synonyms {
    by_stems: HashMap<Vec<String>, Phrase>,
    /// By words in the singular, because different words can share a stem.
    by_words: HashMap<Vec<String>, Phrase>,
    /// By the stem of their first word, the longest first.
    sayings: HashMap<String, Vec<SayingKey>>,
    saying_phrases: Vec<Phrase>,
    known_forms: HashSet<String>,
}

static SYNONYMS: LazyLock<Synonyms> = LazyLock::new(Synonyms::new);

/// Looks up a phrase: by exactly these words if the vocabulary has them, otherwise by stems.
pub fn find_phrase(words: &[QueryWord]) -> Option<&'static Phrase> {
    let stems: Vec<String> = words.iter().map(|word| word.stem.clone()).collect();
    let by_stems = SYNONYMS.by_stems.get(&stems)?;
    let words: Vec<String> = words.iter().map(|word| singular(&word.form)).collect();
    SYNONYMS.by_words.get(&words).or(Some(by_stems))
}

/// Finds the longest saying at the start of the words, with the number of words that it spans:
/// `feeling very low` is `feeling low`.
pub fn find_saying(words: &[QueryWord]) -> Option<(usize, &'static Phrase)> {
    let keys = SYNONYMS.sayings.get(&words.first()?.stem)?.iter();
    let spans = keys.filter_map(|key| Some((key.span(words)?, key.phrase)));
    let (span, phrase) = spans.max_by_key(|(span, _)| *span)?;
    Some((span, &SYNONYMS.saying_phrases[phrase]))
}

/// Whether a word, as written, occurs in the vocabulary. Then it is spelt correctly: `lgbt`
/// is not a misspelt `lgb`.
pub fn is_known_form(form: &str) -> bool {
    SYNONYMS.known_forms.contains(form)
}

impl SayingKey {
    fn span(&self, words: &[QueryWord]) -> Option<usize> {
        let mut at = 0;
        for (index, stem) in self.stems.iter().enumerate() {
            let mut skipped = 0;
            while words.get(at)?.stem != *stem {
                let may_skip = index > 0
                    && !self.is_exact
                    && skipped < MAX_SKIPPED
                    && is_skipped_in_sayings(&words[at].form);
                if !may_skip {
                    return None;
                }
                skipped += 1;
                at += 1;
            }
            at += 1;
        }
        Some(at)
    }
}

impl Synonyms {
    fn new() -> Self {
        let mut synonyms = Self::default();
        for term in vocabulary().terms() {
            synonyms.add(term);
        }
        for term in vocabulary().terms() {
            synonyms.add_examples(term);
        }
        for ring in vocabulary().words() {
            synonyms.add_ring(ring);
        }
        for saying in vocabulary().sayings() {
            synonyms.add_saying(saying);
        }
        for keys in synonyms.sayings.values_mut() {
            keys.sort_by_key(|key| std::cmp::Reverse(key.stems.len()));
        }
        synonyms.mark_ambiguous_stems();
        synonyms
    }

    fn mark_ambiguous_stems(&mut self) {
        let mut tags_by_stems: HashMap<Vec<String>, HashSet<String>> = HashMap::new();
        for phrase in self.by_words.values() {
            let tags = tags_by_stems.entry(phrase.stems.clone()).or_default();
            tags.extend(phrase.tags.iter().cloned());
        }
        for phrase in self.by_words.values_mut() {
            let all_tags = tags_by_stems.get(&phrase.stems).map_or(0, HashSet::len);
            phrase.has_ambiguous_stems = all_tags > phrase.tags.len();
        }
    }

    fn add(&mut self, term: &'static Term) {
        let expansions: Vec<String> = vocabulary()
            .expansions(&term.id)
            .into_iter()
            .map(str::to_owned)
            .collect();
        let narrower: Vec<String> = vocabulary()
            .matching_tags(&term.id)
            .into_iter()
            .filter(|tag| *tag != term.id && vocabulary().by_id(tag).is_some())
            .collect();
        let addition = Phrase {
            tags: vec![term.id.clone()],
            narrower,
            expansions,
            is_subject: matches!(term.group.as_str(), "community" | "experience"),
            ..Phrase::default()
        };
        let names = std::iter::once(term.label.as_str())
            .chain(term.synonyms.iter().map(String::as_str))
            .chain(term.label_parts());
        for name in names.clone() {
            self.extend(name, &addition);
        }
        // People shorten a long name to its beginning: `obsessive compulsive`. Communities are
        // exempt, because the beginning of their name may mean other people.
        for name in term.synonyms.iter().filter(|_| term.group != "community") {
            let stems = part_stems(name);
            for length in 2..stems.len().min(MAX_PHRASE_WORDS) {
                let stems = &stems[..length];
                let by_stems = self.by_stems.entry(stems.to_vec()).or_default();
                by_stems.extend(stems, &addition);
            }
        }
        let covered = term.narrower.iter().chain(&term.examples);
        for name in names.chain(covered.map(String::as_str)) {
            self.known_forms.extend(forms(name));
        }
    }

    /// An example has the term as something wider, and no other example.
    fn add_examples(&mut self, term: &'static Term) {
        if GROUPS_WIDER_THAN_EXAMPLES.contains(&term.group.as_str()) {
            return;
        }
        for example in &term.examples {
            let addition = Phrase {
                wider: vec![term.id.clone()],
                ..Phrase::default()
            };
            self.extend(example, &addition);
        }
    }

    fn add_ring(&mut self, ring: &'static WordRing) {
        let (tags, also): (Vec<_>, Vec<_>) = ring
            .also
            .iter()
            .cloned()
            .partition(|word| word.contains(':'));
        let addition = Phrase {
            narrower: tags,
            expansions: ring.same.iter().cloned().chain(also).collect(),
            is_subject: true,
            ..Phrase::default()
        };
        for word in &ring.same {
            self.extend(word, &addition);
        }
        for word in ring.same.iter().chain(&ring.also) {
            self.known_forms.extend(forms(word));
        }
    }

    fn add_saying(&mut self, saying: &'static Saying) {
        let (tags, words): (Vec<_>, Vec<_>) = saying
            .find
            .iter()
            .cloned()
            .partition(|word| word.contains(':'));
        let phrase = self.saying_phrases.len();
        self.saying_phrases.push(Phrase {
            tags,
            expansions: words,
            is_subject: !saying.is_general,
            is_general: saying.is_general,
            ..Phrase::default()
        });
        for say in &saying.say {
            let words = query_words(say);
            self.known_forms
                .extend(words.iter().map(|word| word.form.clone()));
            let all: Vec<String> = words.iter().map(|word| word.stem.clone()).collect();
            let kept: Vec<String> = words
                .into_iter()
                .filter(|word| !is_skipped_in_sayings(&word.form))
                .map(|word| word.stem)
                .collect();
            // One word alone is too little to recognise several by.
            let is_exact = kept.len() < 2;
            let stems = if is_exact { all } else { kept };
            let Some(first) = stems.first() else { continue };
            let of_first = self.sayings.entry(first.clone()).or_default();
            of_first.push(SayingKey {
                stems,
                is_exact,
                phrase,
            });
        }
    }

    fn extend(&mut self, name: &str, addition: &Phrase) {
        let words = query_words(name);
        if words.is_empty() || words.len() > MAX_PHRASE_WORDS {
            return;
        }
        let stems: Vec<String> = words.iter().map(|word| word.stem.clone()).collect();
        let singulars = words.iter().map(|word| singular(&word.form)).collect();
        let by_words = self.by_words.entry(singulars).or_default();
        by_words.extend(&stems, addition);
        let by_stems = self.by_stems.entry(stems.clone()).or_default();
        by_stems.extend(&stems, addition);
    }
}

impl Phrase {
    /// The words and tags of groups for a need.
    pub fn of_need(find: impl Iterator<Item = &'static str>, is_general: bool) -> Self {
        let (tags, words): (Vec<_>, Vec<_>) =
            find.map(str::to_owned).partition(|word| word.contains(':'));
        Self {
            tags,
            expansions: words,
            is_subject: !is_general,
            is_general,
            is_need: true,
            ..Self::default()
        }
    }

    fn extend(&mut self, stems: &[String], addition: &Self) {
        let add_missing = |list: &mut Vec<String>, values: &[String]| {
            for value in values {
                if !list.contains(value) {
                    list.push(value.clone());
                }
            }
        };
        let others: Vec<String> = addition
            .expansions
            .iter()
            .filter(|other| part_stems(other) != stems)
            .cloned()
            .collect();
        self.stems = stems.to_vec();
        self.is_subject |= addition.is_subject;
        add_missing(&mut self.tags, &addition.tags);
        add_missing(&mut self.narrower, &addition.narrower);
        add_missing(&mut self.wider, &addition.wider);
        add_missing(&mut self.expansions, &others);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::tokenizer::stems;

    fn find(phrase: &str) -> Option<&'static Phrase> {
        find_phrase(&query_words(phrase))
    }

    fn expansions(phrase: &str) -> Vec<&'static str> {
        find(phrase)
            .map(|phrase| phrase.expansions.iter().map(String::as_str).collect())
            .unwrap_or_default()
    }

    #[test]
    fn a_phrase_expands_to_synonyms_and_narrower_words_only() {
        assert!(expansions("LGBTQIA+").contains(&"trans"));
        assert!(!expansions("LGBTQIA+").contains(&"LGB"));
        assert!(expansions("trans").contains(&"Trans and non-binary"));
        assert!(!expansions("trans").iter().any(|word| word.contains("LGBT")));
        assert!(
            !expansions("south asian")
                .iter()
                .any(|word| word.contains("BME"))
        );
        assert!(expansions("people of colour").contains(&"South Asian"));
        assert!(expansions("boat building").is_empty());
    }

    #[test]
    fn an_example_widens_to_its_term_and_never_to_another_example() {
        assert!(expansions("library").is_empty());
        assert_eq!(find("library").unwrap().wider, ["setting:community-venue"]);
        assert!(!expansions("bereavement").contains(&"homelessness"));
        assert!(find("bereavement").unwrap().wider.is_empty());
        assert!(expansions("community venue").contains(&"library"));
    }

    #[test]
    fn words_of_a_ring_expand_to_each_other() {
        assert!(expansions("AA").contains(&"Alcoholics Anonymous"));
        assert!(expansions("Alcoholics Anonymous").contains(&"AA"));
        assert!(expansions("grief").contains(&"bereavement"));
        let narrower = &find("grief").unwrap().narrower;
        assert_eq!(*narrower, ["experience:bereavement-by-suicide"]);
        assert!(expansions("E.M.D.R.").contains(&"eye movement desensitisation"));
    }

    #[test]
    fn a_saying_is_found_with_other_words_between() {
        let saying = |query: &str| find_saying(&query_words(query)).map(|(span, _)| span);
        assert_eq!(saying("feeling very low today"), Some(3));
        assert_eq!(saying("someone I can talk to"), Some(4));
        assert_eq!(saying("can't cope any more"), Some(2));
        assert_eq!(saying("lost my husband"), Some(3));
        assert_eq!(saying("low"), Some(1));
        assert_eq!(saying("someone bought talk radio"), None);
        assert_eq!(saying("had a new baby"), None);
    }

    #[test]
    fn words_with_the_same_stem_are_distinguished_if_the_vocabulary_has_both() {
        let tags = |phrase: &str| {
            let found = find(phrase);
            found.map(|found| found.tags.clone()).unwrap_or_default()
        };
        assert_eq!(stems("prisoners"), stems("prison"));
        for prisoners in ["prisoners", "prisoner"] {
            assert_eq!(tags(prisoners), ["community:people-in-or-leaving-prison"]);
        }
        assert_eq!(tags("prisons"), ["setting:prison"]);
        assert_eq!(tags("12 steps"), ["approach:twelve-steps"]);
        let is_ambiguous =
            |phrase: &str| find(phrase).is_some_and(|found| found.has_ambiguous_stems);
        assert!(is_ambiguous("prisoners") && is_ambiguous("prison"));
        assert!(!is_ambiguous("co-counselling") && !is_ambiguous("depression"));
    }

    #[test]
    fn the_vocabularys_words_are_known_as_written() {
        for form in [
            "lgbt", "lgb", "trans", "somali", "ocd", "emdr", "aa", "skint",
        ] {
            assert!(is_known_form(form), "{form}");
        }
        assert!(!is_known_form("depresion"));
    }
}
