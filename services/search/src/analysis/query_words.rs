//! The words of a query or of the vocabulary, with compounds in parts.

use crate::analysis::compounds::{find_joined, find_pair};
use crate::analysis::tokenizer::{forms, tokenize};
use crate::analysis::word_lists::is_stop_word;

/// A word, with the byte range that it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryWord {
    pub stem: String,
    /// As written, in lower case and without accents.
    pub form: String,
    pub from: usize,
    pub to: usize,
}

/// Splits a text into words. A compound written as one word becomes its parts, so that the
/// vocabulary needs one spelling.
pub fn query_words(text: &str) -> Vec<QueryWord> {
    let mut words = Vec::new();
    for (word, form) in tokenize(text).into_iter().zip(forms(text)) {
        let (from, to) = (word.from, word.to);
        match find_joined(&word.stem) {
            Some(compound) => {
                for (stem, form) in compound.stems.iter().zip(compound.forms) {
                    words.push(QueryWord {
                        stem: stem.clone(),
                        form: form.to_owned(),
                        from,
                        to,
                    });
                }
            }
            None => words.push(QueryWord {
                stem: word.stem,
                form,
                from,
                to,
            }),
        }
    }
    words
}

/// The length of a compound at the start of the words; 0 if there is none.
pub fn compound_length(words: &[QueryWord]) -> usize {
    match words {
        [first, second, ..] if find_pair(&first.stem, &second.stem).is_some() => 2,
        _ => 0,
    }
}

/// Returns the terms by which documents have these words: compounds as one term, other words
/// without stop words unless they are all.
pub fn terms(words: &[QueryWord]) -> Vec<String> {
    let all_stop = words.iter().all(|word| is_stop_word(&word.form));
    let mut terms = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let pair = words
            .get(at + 1)
            .and_then(|next| find_pair(&word.stem, &next.stem));
        if let Some(pair) = pair {
            terms.push(pair.term.clone());
            at += 2;
            continue;
        }
        if all_stop || !is_stop_word(&word.form) {
            terms.push(word.stem.clone());
        }
        at += 1;
    }
    terms
}

/// Returns the terms of a text, see [`terms`].
pub fn text_terms(text: &str) -> Vec<String> {
    terms(&query_words(text))
}

/// Returns the stems of a text with compounds in parts.
pub fn part_stems(text: &str) -> Vec<String> {
    query_words(text)
        .into_iter()
        .map(|word| word.stem)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling_of_a_compound_is_one_term() {
        for text in [
            "food bank",
            "food-bank",
            "foodbank",
            "Foodbanks",
            "food banks",
        ] {
            assert_eq!(text_terms(text), ["food-bank"], "{text}");
            assert_eq!(part_stems(text), ["food", "bank"], "{text}");
        }
        assert_eq!(text_terms("a drop in for dads"), ["drop-in", "dad="]);
        assert_eq!(text_terms("dropin"), ["drop-in"]);
        assert_eq!(text_terms("to be"), ["to", "be"]);
    }

    #[test]
    fn the_parts_have_the_range_of_the_joined_word() {
        let words = query_words("a playgroup");
        let ranges: Vec<_> = words.iter().map(|word| (word.from, word.to)).collect();
        assert_eq!(ranges, [(0, 1), (2, 11), (2, 11)]);
    }
}
