//! The words of a question, as they are understood before any index is looked at.

use super::thesaurus;
use super::thesaurus::LONGEST_PHRASE;
use super::words::Word;
use super::words::forms_of;
use super::words::is_filler;
use super::words::is_stop_word;
use super::words::words_of;

/// Words asked. Every part of them must be there, in one way or another.
///
/// It holds a seeker's words, so it has no `Debug`.
#[derive(Clone, Default)]
pub(crate) struct AskedWords {
    pub(crate) parts: Vec<Part>,
}

/// A word, or a phrase that the vocabulary knows.
#[derive(Clone)]
pub(crate) struct Part {
    /// As it was typed.
    pub(crate) typed: String,
    /// Its stems, without stop words.
    pub(crate) stems: Vec<String>,
    /// A single word as it was typed, in lower case and without accents, if it is none of
    /// the vocabulary's: it may be a slip.
    pub(crate) form: Option<String>,
    /// Whether it is the last word with nothing after it: perhaps only its beginning.
    pub(crate) unfinished: bool,
    /// What the vocabulary says of it.
    pub(crate) known: Option<&'static thesaurus::Entry>,
    /// Whether something may be found without it.
    pub(crate) optional: bool,
}

impl AskedWords {
    /// Reads a question. `None` where nothing is asked by words.
    pub(crate) fn parse(question: &str) -> Option<Self> {
        if question.trim().is_empty() {
            return None;
        }
        let words = words_of(question);
        let forms = forms_of(question);
        let mut parts: Vec<Part> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let (taken, known) = match known_phrase(&words[at..], &forms[at..]) {
                // Alone it says little, even where a tag is called so.
                (1, _) if is_filler(&forms[at]) => (1, None),
                phrase => phrase,
            };
            let phrase = &words[at..at + taken];
            let alone = &forms[at..at + taken];
            if known.is_some() || !alone.iter().all(|form| is_stop_word(form)) {
                let last = at + taken == words.len();
                parts.push(part(question, phrase, alone, known, last));
            }
            at += taken;
        }
        if parts.is_empty() {
            // A question of nothing but stop words means them.
            parts = (0..words.len())
                .map(|at| part(question, &words[at..=at], &forms[at..=at], None, false))
                .collect();
        }
        if parts.iter().all(|part| part.optional) {
            for part in &mut parts {
                part.optional = false;
            }
        }
        let mut distinct: Vec<Part> = Vec::new();
        for part in parts {
            if !distinct.iter().any(|other| other.stems == part.stems) {
                distinct.push(part);
            }
        }
        Some(Self { parts: distinct })
    }

    /// How many different words there are.
    pub(crate) fn count(&self) -> usize {
        self.parts.iter().map(|part| part.stems.len()).sum()
    }

    /// The stems as asked, nothing widened.
    pub(crate) fn stems(&self) -> impl Iterator<Item = &String> {
        self.parts.iter().flat_map(|part| &part.stems)
    }
}

/// The longest phrase of the vocabulary at the beginning, else one word.
fn known_phrase(words: &[Word], forms: &[String]) -> (usize, Option<&'static thesaurus::Entry>) {
    for taken in (1..=words.len().min(LONGEST_PHRASE)).rev() {
        let stems: Vec<String> = words[..taken]
            .iter()
            .map(|word| word.stem.clone())
            .collect();
        if let Some(entry) = thesaurus::entry(&stems, &forms[..taken]) {
            return (taken, Some(entry));
        }
    }
    (1, None)
}

fn part(
    question: &str,
    words: &[Word],
    forms: &[String],
    known: Option<&'static thesaurus::Entry>,
    last: bool,
) -> Part {
    let from = words.first().map_or(0, |word| word.from);
    let to = words.last().map_or(0, |word| word.to);
    let telling = words
        .iter()
        .zip(forms)
        .filter(|(_, form)| words.len() == 1 || !is_stop_word(form));
    let ends_there = question[to..].is_empty();
    Part {
        typed: question[from..to].to_owned(),
        stems: telling.map(|(word, _)| word.stem.clone()).collect(),
        form: match forms {
            [form] if known.is_none() && !thesaurus::is_known(form) => Some(form.clone()),
            _ => None,
        },
        unfinished: last && ends_there,
        optional: known.is_none() && forms.iter().all(|form| is_filler(form)),
        known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(question: &str) -> Vec<String> {
        AskedWords::parse(question)
            .map(|asked| asked.parts.into_iter().map(|part| part.typed).collect())
            .unwrap_or_default()
    }

    #[test]
    fn phrases_of_the_vocabulary_stay_together_and_stop_words_go() {
        assert_eq!(
            parts("a group for people of colour and the somali"),
            ["group", "people of colour", "somali"]
        );
        assert_eq!(parts("the the"), ["the"]);
        assert!(parts("?!").is_empty());
        assert!(AskedWords::parse(" ").is_none());
        assert!(AskedWords::parse("?!").is_some());
    }

    #[test]
    fn what_a_question_is_made_of_need_not_be_there() {
        let optional = |question: &str| -> Vec<bool> {
            let asked = AskedWords::parse(question).unwrap();
            asked.parts.iter().map(|part| part.optional).collect()
        };
        assert_eq!(optional("knitting group"), [false, true]);
        assert_eq!(optional("group"), [false]);
    }

    #[test]
    fn only_the_last_word_may_be_unfinished_and_known_words_are_no_slips() {
        let asked = AskedWords::parse("knit gard").unwrap();
        assert_eq!(
            asked
                .parts
                .iter()
                .map(|part| part.unfinished)
                .collect::<Vec<_>>(),
            [false, true]
        );
        assert!(!AskedWords::parse("gard ").unwrap().parts[0].unfinished);
        assert_eq!(AskedWords::parse("lgbt").unwrap().parts[0].form, None);
    }
}
