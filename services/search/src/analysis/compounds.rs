//! Compounds that people write as one word, as two, or with a hyphen: each spelling of a text
//! is indexed as parts and as one term, and each spelling of a query is that term.

use std::collections::HashMap;
use std::sync::LazyLock;

use tantivy::tokenizer::{Token, TokenFilter, TokenStream, Tokenizer};

use crate::analysis::tokenizer::stem;

/// Two words a line. See `data/README.md`.
const COMPOUNDS: &str = include_str!("../../data/compounds.txt");

/// A compound by its parts.
pub struct Compound {
    /// The parts as written, in lower case.
    pub forms: [&'static str; 2],
    /// The stems of the parts.
    pub stems: [String; 2],
    /// The term of every spelling.
    pub term: String,
}

struct Compounds {
    all: Vec<Compound>,
    /// Positions by the stem of the joined word.
    by_joined: HashMap<String, usize>,
    /// Positions by the stem of the first part.
    by_first: HashMap<String, Vec<usize>>,
}

static LISTED: LazyLock<Compounds> = LazyLock::new(|| {
    let mut compounds = Compounds {
        all: Vec::new(),
        by_joined: HashMap::new(),
        by_first: HashMap::new(),
    };
    let lines = COMPOUNDS.lines().filter(|line| !line.starts_with('#'));
    for (first, second) in lines.filter_map(|line| line.split_once(' ')) {
        let joined = format!("{first}{second}");
        let [first_stem, second_stem, joined_stem] = [first, second, &joined].map(stem);
        let at = compounds.all.len();
        compounds.by_joined.insert(joined_stem, at);
        let of_first = compounds.by_first.entry(first_stem.clone());
        of_first.or_default().push(at);
        compounds.all.push(Compound {
            forms: [first, second],
            term: format!("{first_stem}-{second_stem}"),
            stems: [first_stem, second_stem],
        });
    }
    compounds
});

/// Finds a compound that is written as one word, by its stem.
pub fn find_joined(stem: &str) -> Option<&'static Compound> {
    let at = LISTED.by_joined.get(stem)?;
    LISTED.all.get(*at)
}

/// Finds a compound by the stems of its parts.
pub fn find_pair(first: &str, second: &str) -> Option<&'static Compound> {
    let of_first = LISTED.by_first.get(first)?.iter();
    of_first
        .map(|at| &LISTED.all[*at])
        .find(|compound| compound.stems[1] == second)
}

/// Emits the term of each compound after its parts, and the parts after a joined word.
#[derive(Clone)]
pub struct CompoundFilter;

#[derive(Clone)]
pub struct CompoundTokenizer<T>(T);

pub struct CompoundStream<S> {
    words: S,
    /// The stem before, with the end of its word.
    previous: String,
    previous_end: usize,
    /// Terms to emit in place of the word's own, last first.
    pending: Vec<&'static str>,
}

impl TokenFilter for CompoundFilter {
    type Tokenizer<T: Tokenizer> = CompoundTokenizer<T>;

    fn transform<T: Tokenizer>(self, tokenizer: T) -> CompoundTokenizer<T> {
        CompoundTokenizer(tokenizer)
    }
}

impl<T: Tokenizer> Tokenizer for CompoundTokenizer<T> {
    type TokenStream<'a> = CompoundStream<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        CompoundStream {
            words: self.0.token_stream(text),
            previous: String::new(),
            previous_end: 0,
            pending: Vec::new(),
        }
    }
}

impl<S: TokenStream> CompoundStream<S> {
    fn add_pending(&mut self) {
        let token = self.words.token();
        // A joined word with a hyphen follows its parts, which have given the term already.
        if token.offset_from < self.previous_end {
            return;
        }
        if let Some(joined) = find_joined(&token.text) {
            let [first, second] = &joined.stems;
            self.pending.extend([joined.term.as_str(), second, first]);
        } else if let Some(pair) = find_pair(&self.previous, &token.text) {
            self.pending.push(&pair.term);
        }
        self.previous.clone_from(&token.text);
        self.previous_end = token.offset_to;
    }
}

impl<S: TokenStream> TokenStream for CompoundStream<S> {
    fn advance(&mut self) -> bool {
        if let Some(term) = self.pending.pop() {
            term.clone_into(&mut self.words.token_mut().text);
            return true;
        }
        let has_word = self.words.advance();
        if has_word {
            self.add_pending();
        } else {
            self.previous.clear();
        }
        has_word
    }

    fn token(&self) -> &Token {
        self.words.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.words.token_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling_is_the_same_compound() {
        let term = |first, second| find_pair(first, second).map(|it| it.term.as_str());
        assert_eq!(term("food", "bank"), Some("food-bank"));
        assert_eq!(
            find_joined("foodbank").map(|it| it.term.as_str()),
            Some("food-bank")
        );
        assert!(find_pair("bank", "food").is_none());
        assert!(find_joined("food").is_none());
    }

    #[test]
    fn no_compound_is_found_by_its_beginning() {
        for compound in &LISTED.all {
            let first = compound.forms[0];
            assert!(find_joined(&stem(first)).is_none(), "{first}");
        }
        for word in ["over", "cooper"] {
            assert!(find_joined(&stem(word)).is_none(), "{word}");
        }
    }
}
