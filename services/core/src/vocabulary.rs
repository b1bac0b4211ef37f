//! The suggested vocabulary of tags, for suggestions and for query expansion. It is never
//! mandatory: a group's own words always come first.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::gazetteer::normalise;

const VOCABULARY: &str = include_str!("../data/vocabulary.json");

/// Narrower words to which a term is not expanded: a group for LGB people only is not a
/// match for a person who looks for an LGBTQIA+ group.
const EXCLUDED_EXPANSIONS: [(&str, &str); 1] = [("community:lgbtqia", "LGB")];

/// Words for a term in addition to its label and synonyms: parts of a label that people
/// use alone.
const LABEL_PARTS: [(&str, &str); 4] = [
    ("community:trans-and-non-binary", "trans"),
    ("community:trans-and-non-binary", "trans people"),
    ("community:trans-and-non-binary", "non-binary"),
    ("community:trans-and-non-binary", "nonbinary"),
];

/// The term of an audience with `carers` set.
pub const CARERS: &str = "community:carers-family-and-friends";

/// A group of terms, such as `activity`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct TermGroup {
    /// The prefix of the ids of its terms.
    pub id: String,
    /// The name to show.
    pub label: String,
}

/// One suggested tag.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Term {
    /// `group:words-with-hyphens`, the form in which records use it.
    pub id: String,
    /// The name to show.
    pub label: String,
    /// The id of its [`TermGroup`].
    pub group: String,
    /// Words with the same meaning.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// A hint for people who choose it; may be empty.
    #[serde(default)]
    pub note: String,
    /// Its source: a report with the item, or "Added".
    #[serde(default)]
    pub basis: String,
    /// Words with a narrower meaning, which match a search for the term.
    #[serde(default)]
    pub narrower: Vec<String>,
    /// Things that the term covers. They match a search for the term, but none of them is
    /// another word for it, or for another example.
    #[serde(default)]
    pub examples: Vec<String>,
}

/// Words outside the tags that have the same meaning.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct WordRing {
    /// Each may be searched in place of any other.
    pub same: Vec<String>,
    /// Narrower words, and ids of narrower terms, which match a search for any of them.
    #[serde(default)]
    pub also: Vec<String>,
}

/// What people type about themselves, with the words that groups use for it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Saying {
    /// Words as people type them: `can't cope`.
    pub say: Vec<String>,
    /// Words and ids of terms that match a search for it, but not the other way round.
    pub find: Vec<String>,
    /// Whether everybody may say it: no subject of a search that has another one.
    #[serde(default, rename = "general")]
    pub is_general: bool,
}

impl Term {
    /// Returns the parts of its label that people use alone, with the same meaning.
    pub fn label_parts(&self) -> impl Iterator<Item = &'static str> + Clone {
        LABEL_PARTS
            .iter()
            .filter(|(id, _)| *id == self.id)
            .map(|(_, word)| *word)
    }

    /// Returns the words with the meaning of the term: label, synonyms and parts of the label.
    fn names(&self) -> impl Iterator<Item = &str> {
        // The type is annotated, because the parts would otherwise make every word `'static`.
        let parts = self.label_parts().map(|part| -> &str { part });
        let words = std::iter::once(&self.label).chain(&self.synonyms);
        words.map(String::as_str).chain(parts)
    }
}

#[derive(Deserialize)]
struct Document {
    groups: Vec<TermGroup>,
    terms: Vec<Term>,
    words: Vec<WordRing>,
    sayings: Vec<Saying>,
}

/// Groups and terms, with their indexes. Built once, by [`vocabulary`].
#[derive(Debug)]
pub struct Vocabulary {
    groups: Vec<TermGroup>,
    terms: Vec<Term>,
    words: Vec<WordRing>,
    sayings: Vec<Saying>,
    by_id: HashMap<String, usize>,
    by_word: HashMap<String, Vec<usize>>,
    /// Terms by their narrower words.
    by_narrower: HashMap<String, Vec<usize>>,
}

/// Returns the embedded vocabulary; the first call parses it.
pub fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY_ONCE: OnceLock<Vocabulary> = OnceLock::new();
    VOCABULARY_ONCE.get_or_init(|| {
        let document = serde_json::from_str(VOCABULARY).expect("the embedded data is well formed");
        Vocabulary::index(document)
    })
}

impl Vocabulary {
    fn index(document: Document) -> Self {
        let Document {
            groups,
            terms,
            words,
            sayings,
        } = document;
        let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, term) in terms.iter().enumerate() {
            let tail = term.id.split_once(':').map_or("", |(_, tail)| tail);
            for word in term.names().chain([tail]) {
                let terms = by_word.entry(normalise(word)).or_default();
                if !terms.contains(&index) {
                    terms.push(index);
                }
            }
        }
        by_word.remove("");
        let mut by_narrower: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, term) in terms.iter().enumerate() {
            for word in term.narrower.iter().chain(&term.examples) {
                by_narrower.entry(normalise(word)).or_default().push(index);
            }
        }
        let by_id = terms
            .iter()
            .enumerate()
            .map(|(i, term)| (term.id.clone(), i))
            .collect();
        Self {
            groups,
            terms,
            words,
            sayings,
            by_id,
            by_word,
            by_narrower,
        }
    }

    /// Returns every group of terms, in the order of the embedded file.
    #[must_use]
    pub fn groups(&self) -> &[TermGroup] {
        &self.groups
    }

    /// Returns every term, in the order of the embedded file.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Returns the rings of words outside the tags.
    #[must_use]
    pub fn words(&self) -> &[WordRing] {
        &self.words
    }

    /// Returns what people type about themselves, with the words that groups use.
    #[must_use]
    pub fn sayings(&self) -> &[Saying] {
        &self.sayings
    }

    /// Returns the term with this id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Term> {
        self.by_id.get(id).map(|index| &self.terms[*index])
    }

    /// Returns the terms of which the word is the label, a synonym or the second part of the
    /// id. Case and accents do not matter.
    #[must_use]
    pub fn by_word(&self, word: &str) -> Vec<&Term> {
        let found = self.by_word.get(&normalise(word)).into_iter().flatten();
        found.map(|index| &self.terms[*index]).collect()
    }

    /// Returns the narrower words of a term; empty for an unknown id.
    #[must_use]
    pub fn narrower(&self, id: &str) -> &[String] {
        self.by_id(id).map_or(&[], |term| &term.narrower)
    }

    /// Returns the words to add to a search for a word or id: labels, synonyms, narrower words
    /// and examples, but never broader ones, and not the word itself. An example is no word
    /// for its term, so it adds nothing.
    #[must_use]
    pub fn expansions(&self, word: &str) -> Vec<&str> {
        let own = normalise(word);
        let terms = self.by_id(word).into_iter().chain(self.by_word(word));
        let mut also: Vec<&str> = Vec::new();
        for term in terms {
            let words = [&term.label]
                .into_iter()
                .chain(&term.synonyms)
                .chain(&term.narrower)
                .chain(&term.examples);
            for other in words {
                let excluded = EXCLUDED_EXPANSIONS.contains(&(term.id.as_str(), other.as_str()));
                if !excluded && normalise(other) != own && !also.contains(&other.as_str()) {
                    also.push(other);
                }
            }
        }
        also
    }

    /// Returns the ids and words that match a search for a tag, by id or word: the tag
    /// itself, its synonyms, narrower words and examples, but never broader ones.
    #[must_use]
    pub fn matching_tags(&self, tag: &str) -> Vec<String> {
        let mut matching = vec![tag.to_owned()];
        let terms = self.by_id(tag).into_iter().chain(self.by_word(tag));
        for term in terms {
            matching.push(term.id.clone());
            for word in self.expansions(&term.id) {
                matching.push(word.to_owned());
                let mut below = term.narrower.iter().chain(&term.examples);
                if below.any(|narrower| narrower == word) {
                    matching.extend(self.by_word(word).iter().map(|term| term.id.clone()));
                }
            }
        }
        matching.sort_unstable();
        matching.dedup();
        matching
    }

    /// Returns the ids and words that include everybody with a tag: those of the terms that
    /// list it as narrower. A record with only these does not match a search for the tag.
    #[must_use]
    pub fn broader(&self, tag: &str) -> Vec<&str> {
        let own = self.by_id(tag).into_iter().chain(self.by_word(tag));
        let own: Vec<&Term> = own.collect();
        let mut words = vec![tag];
        words.extend(own.iter().flat_map(|term| term.names()));
        let above = |word: &str| self.by_narrower.get(&normalise(word)).into_iter().flatten();
        let mut broader: Vec<&str> = Vec::new();
        for index in words.into_iter().flat_map(above) {
            let term = &self.terms[*index];
            // A term may list another spelling of itself as narrower.
            if own.contains(&term) {
                continue;
            }
            broader.extend([term.id.as_str(), &term.label]);
            broader.extend(term.synonyms.iter().map(String::as_str));
        }
        broader.sort_unstable();
        broader.dedup();
        broader
    }

    /// Returns whether a word occurs: as the name of a term, or as a narrower word or example.
    #[must_use]
    pub fn has_word(&self, word: &str) -> bool {
        let form = normalise(word);
        self.by_word.contains_key(&form) || self.by_narrower.contains_key(&form)
    }

    /// Returns the terms whose names are most like a word, the most similar first; of one group
    /// if it is given.
    #[must_use]
    pub fn nearest(&self, word: &str, group: Option<&str>, limit: usize) -> Vec<&Term> {
        let word = word.split_once(':').map_or(word, |(_, tail)| tail);
        let form = normalise(word);
        let in_group = |term: &&Term| group.is_none_or(|group| term.group == group);
        let similar = self.terms.iter().filter(in_group).filter_map(|term| {
            let covered = term.narrower.iter().chain(&term.examples);
            let words = term.names().chain(covered.map(String::as_str));
            let best = words
                .map(|name| similarity(&form, &normalise(name)))
                .fold(0.0, f64::max);
            (best >= MIN_SIMILARITY).then_some((best, term))
        });
        let mut similar: Vec<(f64, &Term)> = similar.collect();
        similar.sort_by(|a, b| b.0.total_cmp(&a.0));
        similar
            .into_iter()
            .take(limit)
            .map(|(_, term)| term)
            .collect()
    }

    /// Returns the words to show for a tag: the term's label, or the tag itself if it is
    /// a group's own word.
    #[must_use]
    pub fn label<'a>(&'a self, tag: &'a str) -> &'a str {
        self.by_id(tag)
            .map_or_else(|| tag.strip_prefix("x:").unwrap_or(tag), |term| &term.label)
    }
}

/// Below it, two names are not alike.
const MIN_SIMILARITY: f64 = 0.4;

/// The similarity of two names, 0 to 1: the share of pairs of letters that both have, or more if
/// one has the other as a word.
fn similarity(one: &str, other: &str) -> f64 {
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    if other.split(' ').any(|word| word == one) || one.split(' ').any(|word| word == other) {
        return 1.0;
    }
    let pairs = |name: &str| {
        let letters: Vec<char> = name.chars().collect();
        let pairs = letters.windows(2).map(|two| (two[0], two[1]));
        pairs.collect::<Vec<_>>()
    };
    let (one, mut other) = (pairs(one), pairs(other));
    let length = one.len() + other.len();
    let mut common = 0;
    for pair in one {
        if let Some(at) = other.iter().position(|it| *it == pair) {
            other.swap_remove(at);
            common += 2;
        }
    }
    f64::from(common) / f64::from(u32::try_from(length).unwrap_or(u32::MAX).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_vocabulary_is_complete() {
        assert_eq!(vocabulary().groups().len(), 22);
        assert_eq!(vocabulary().terms().len(), 273);
        for term in vocabulary().terms() {
            assert!(
                term.id.starts_with(&format!("{}:", term.group)),
                "{}",
                term.id
            );
            assert!(
                vocabulary()
                    .groups()
                    .iter()
                    .any(|group| group.id == term.group)
            );
            assert_eq!(vocabulary().by_id(&term.id), Some(term));
        }
    }

    #[test]
    fn a_term_is_found_by_label_synonym_and_id() {
        for word in ["Reciprocity", "giving AND receiving", "reciprocity"] {
            assert_eq!(
                vocabulary().by_word(word)[0].id,
                "value:reciprocity",
                "{word}"
            );
        }
        assert!(vocabulary().by_word("").is_empty());
    }

    #[test]
    fn a_search_expands_to_narrower_words_only() {
        let also = vocabulary().expansions("people of colour");
        assert!(
            also.contains(&"South Asian") && also.contains(&"BPoC"),
            "{also:?}"
        );
        assert!(!also.contains(&"people of colour"));
        assert!(
            vocabulary().expansions("Somali").is_empty(),
            "broader terms do not match"
        );
        let also = vocabulary().expansions("LGBTQIA+");
        assert!(
            also.contains(&"trans") && !also.contains(&"LGB"),
            "{also:?}"
        );
    }

    #[test]
    fn an_example_matches_its_term_and_no_other_example() {
        let shared = "meaning-of-peer:shared-life-event";
        let matching = vocabulary().matching_tags(shared);
        for example in ["bereavement", "homelessness"] {
            assert!(matching.contains(&example.to_owned()), "{matching:?}");
        }
        assert_eq!(vocabulary().matching_tags("bereavement"), ["bereavement"]);
        for (example, other) in [
            ("library", "village hall"),
            ("lifts", "form filling"),
            ("NHS", "council"),
            ("writing", "music"),
        ] {
            assert!(
                !vocabulary().expansions(example).contains(&other),
                "{example}"
            );
            assert!(vocabulary().by_word(example).is_empty(), "{example}");
        }
    }

    #[test]
    fn everyday_words_are_no_synonyms_of_terms_about_groups() {
        // "damp in my flat" is not about groups without a hierarchy.
        for word in ["flat", "unknown", "none", "promotion"] {
            assert!(vocabulary().by_word(word).is_empty(), "{word}");
        }
    }

    #[test]
    fn the_nearest_terms_have_a_similar_name() {
        let nearest = |word: &str, group: Option<&str>| -> Vec<&str> {
            let terms = vocabulary().nearest(word, group, 3);
            terms.iter().map(|term| term.id.as_str()).collect()
        };
        let wheelchair = nearest("wheelchair", Some("accessibility"));
        assert_eq!(wheelchair[0], "accessibility:step-free-entrance");
        assert_eq!(nearest("community:woman", None)[0], "community:women");
        assert_eq!(nearest("depresion", None)[0], "experience:depression");
        assert!(nearest("qqqq", None).is_empty());
    }

    #[test]
    fn words_and_sayings_name_only_terms_that_exist() {
        let rings = vocabulary().words().iter().flat_map(|ring| &ring.also);
        let found = vocabulary().sayings().iter().flat_map(|one| &one.find);
        for word in rings.chain(found).filter(|word| word.contains(':')) {
            assert!(vocabulary().by_id(word).is_some(), "{word}");
        }
        let mut seen = std::collections::HashSet::new();
        for say in vocabulary().sayings().iter().flat_map(|one| &one.say) {
            assert!(seen.insert(normalise(say)), "{say} is there twice");
        }
    }

    #[test]
    fn matching_tags_are_synonyms_or_narrower() {
        let matching = |tag: &str| vocabulary().matching_tags(tag);
        for tag in ["LGBTQIA+", "community:lgbtqia"] {
            let tags = matching(tag);
            assert!(tags.contains(&"community:trans-and-non-binary".to_owned()));
            assert!(!tags.contains(&"LGB".to_owned()), "{tags:?}");
        }
        let tags = matching("trans");
        assert!(tags.contains(&"community:trans-and-non-binary".to_owned()));
        assert!(!tags.iter().any(|one| one.contains("lgbt")), "{tags:?}");
        let tags = matching("south asian");
        assert!(tags.contains(&"community:south-asian".to_owned()));
        assert!(!tags.iter().any(|one| one.contains("bme")), "{tags:?}");
        assert_eq!(matching("boat building"), ["boat building"]);
    }

    #[test]
    fn tags_that_include_everybody_with_a_tag_are_broader() {
        for trans in ["trans", "community:trans-and-non-binary", "transgender"] {
            let broader = vocabulary().broader(trans);
            assert!(broader.contains(&"community:lgbtqia"), "{trans}");
            assert!(broader.contains(&"LGBTQ+"), "{trans}");
        }
        let broader = vocabulary().broader("community:south-asian");
        assert!(broader.contains(&"community:bme-communities"));
        assert!(!broader.contains(&"community:south-asian"));
        for widest in ["LGBTQIA+", "community:women", "boat building"] {
            assert_eq!(vocabulary().broader(widest), [""; 0], "{widest}");
        }
    }

    #[test]
    fn own_words_are_shown_unchanged() {
        assert_eq!(vocabulary().label("value:reciprocity"), "Reciprocity");
        assert_eq!(vocabulary().label("x:knitting circle"), "knitting circle");
        assert_eq!(vocabulary().label("knitting"), "knitting");
    }
}
