//! Words of one family, such as `anxious` and `anxiety`, which have one stem here but not in
//! the stemmer.

use std::collections::HashMap;
use std::sync::LazyLock;

use tantivy::tokenizer::{Token, TokenFilter, TokenStream, Tokenizer};

/// Each line is a family, the first word of it the base. See `data/README.md`.
const FAMILIES: &str = include_str!("../../data/word-families.txt");

/// Ends a base. The stemmer removes no suffix before it: `mindfulness` would become `mind`.
const BASE_END: char = '=';
/// Longer words are in no family, so they are not looked up.
const MAX_LENGTH: usize = 16;

static BASES: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
    let families = FAMILIES.lines().filter(|line| !line.starts_with('#'));
    families
        .flat_map(|line| {
            let base = line.split(' ').next().unwrap_or_default();
            line.split(' ')
                .map(move |word| (word, format!("{base}{BASE_END}")))
        })
        .collect()
});

/// Returns the base of a lower-case word's family, which the stemmer leaves as it is.
fn base(word: &str) -> Option<&'static str> {
    if word.len() > MAX_LENGTH {
        return None;
    }
    BASES.get(word).map(String::as_str)
}

/// Whether a lower-case word is in a family.
pub fn has(word: &str) -> bool {
    base(word).is_some()
}

/// Replaces each lower-case word by the base of its family.
#[derive(Clone)]
pub struct FamilyFilter;

#[derive(Clone)]
pub struct FamilyTokenizer<T>(T);

pub struct FamilyStream<S>(S);

impl TokenFilter for FamilyFilter {
    type Tokenizer<T: Tokenizer> = FamilyTokenizer<T>;

    fn transform<T: Tokenizer>(self, tokenizer: T) -> FamilyTokenizer<T> {
        FamilyTokenizer(tokenizer)
    }
}

impl<T: Tokenizer> Tokenizer for FamilyTokenizer<T> {
    type TokenStream<'a> = FamilyStream<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        FamilyStream(self.0.token_stream(text))
    }
}

impl<S: TokenStream> TokenStream for FamilyStream<S> {
    fn advance(&mut self) -> bool {
        let has_word = self.0.advance();
        if has_word && let Some(base) = base(&self.0.token().text) {
            base.clone_into(&mut self.0.token_mut().text);
        }
        has_word
    }

    fn token(&self) -> &Token {
        self.0.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.0.token_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_in_two_families() {
        let lines = FAMILIES.lines().filter(|line| !line.starts_with('#'));
        let words: Vec<_> = lines.flat_map(|line| line.split(' ')).collect();
        assert_eq!(words.len(), BASES.len());
        assert!(
            words
                .iter()
                .all(|word| !word.is_empty() && word.len() <= MAX_LENGTH)
        );
    }

    #[test]
    fn words_of_a_family_have_one_base() {
        assert_eq!(base("womens"), base("woman"));
        assert_eq!(base("fathers"), base("dads"));
        assert_eq!(base("gardening"), None);
    }
}
