//! Splitting text into words and stems.
//!
//! Text is split at every character that is neither letter nor digit. An apostrophe inside a
//! word is part of it, except that a possessive `’s` is dropped. Then: lower case, no accents,
//! English stems, and one stem for a word and its irregular plural.

use std::cell::RefCell;

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, Stemmer, TextAnalyzer, Token,
    TokenStream, Tokenizer,
};

use crate::analysis::weighting::RepeatFilter;
use crate::analysis::word_lists::{irregular_base, is_stop_word};

/// Separates the weight from a weighted text.
const WEIGHT_END: char = '\u{1}';
/// Longer words are not indexed.
const MAX_WORD_BYTES: usize = 60;

/// Puts a weight before a text: each of its words counts as if it were there that often.
pub fn weighted(weight: u8, text: &str) -> String {
    format!("{weight}{WEIGHT_END}{text}")
}

/// Splits the weight from a weighted text; the weight of another text is 1.
pub fn split_weight(text: &str) -> (usize, &str) {
    match text.split_once(WEIGHT_END) {
        Some((weight, text)) => (weight.parse().unwrap_or(1), text),
        None => (1, text),
    }
}

/// The analyzer that emits stems.
pub fn stem_analyzer(splitter: Splitter) -> TextAnalyzer {
    TextAnalyzer::builder(splitter)
        .filter(RemoveLongFilter::limit(MAX_WORD_BYTES))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(Stemmer::new(Language::English))
        .filter(RepeatFilter)
        .build()
}

/// The analyzer that emits words as written, in lower case and without accents.
pub fn form_analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(Splitter::FORMS)
        .filter(RemoveLongFilter::limit(MAX_WORD_BYTES))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

thread_local! {
    // Building an analyzer costs more than running it on a few words.
    static ANALYZERS: RefCell<(TextAnalyzer, TextAnalyzer)> =
        RefCell::new((stem_analyzer(Splitter::STEMS), form_analyzer()));
}

/// A stem, with the byte range of its word in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub stem: String,
    pub from: usize,
    pub to: usize,
}

/// Splits a text into its words, in order.
pub fn tokenize(text: &str) -> Vec<Word> {
    ANALYZERS.with_borrow_mut(|(stems, _)| collect(stems, text))
}

/// Returns the words of a text as written, in lower case and without accents, in order.
pub fn forms(text: &str) -> Vec<String> {
    ANALYZERS.with_borrow_mut(|(_, forms)| {
        collect(forms, text)
            .into_iter()
            .map(|word| word.stem)
            .collect()
    })
}

/// Returns the stems of a text, in order.
pub fn stems(text: &str) -> Vec<String> {
    tokenize(text).into_iter().map(|word| word.stem).collect()
}

/// Returns the stems of a text without stop words, in order.
pub fn content_stems(text: &str) -> Vec<String> {
    let stems = tokenize(text).into_iter().map(|word| word.stem);
    stems.filter(|stem| !is_stop_word(stem)).collect()
}

fn collect(analyzer: &mut TextAnalyzer, text: &str) -> Vec<Word> {
    let mut stream = analyzer.token_stream(text);
    let mut words = Vec::new();
    while stream.advance() {
        let token = stream.token();
        words.push(Word {
            stem: token.text.clone(),
            from: token.offset_from,
            to: token.offset_to,
        });
    }
    words
}

/// The tokenizer that splits text into words, by the rules of this module.
#[derive(Clone)]
pub struct Splitter {
    token: Token,
    /// Whether texts begin with their weight.
    weighted: bool,
    /// Whether irregular forms are replaced by their base.
    to_base: bool,
}

impl Splitter {
    pub const STEMS: Self = Self::new(false, true);
    pub const WEIGHTED_STEMS: Self = Self::new(true, true);
    const FORMS: Self = Self::new(false, false);

    const fn new(weighted: bool, to_base: bool) -> Self {
        Self {
            token: Token {
                offset_from: 0,
                offset_to: 0,
                position: usize::MAX,
                text: String::new(),
                position_length: 1,
            },
            weighted,
            to_base,
        }
    }
}

impl Tokenizer for Splitter {
    type TokenStream<'a> = SplitStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> SplitStream<'a> {
        self.token.reset();
        let (weight, text) = if self.weighted {
            split_weight(text)
        } else {
            (1, text)
        };
        SplitStream {
            text,
            next: 0,
            weight,
            to_base: self.to_base,
            token: &mut self.token,
        }
    }
}

pub struct SplitStream<'a> {
    text: &'a str,
    next: usize,
    /// How often [`RepeatFilter`] repeats each word.
    weight: usize,
    to_base: bool,
    token: &'a mut Token,
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{02BC}')
}

impl SplitStream<'_> {
    /// Reads one word into the token. `start` is the offset of its first letter.
    fn take_word(&mut self, start: usize) {
        let rest = &self.text[start..];
        let mut end = start;
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c.is_alphanumeric() {
                self.token.text.push(c);
                end = start + at + c.len_utf8();
            } else if !(is_apostrophe(c)
                && chars
                    .peek()
                    .is_some_and(|(_, after)| after.is_alphanumeric()))
            {
                break;
            }
        }
        self.token.offset_from = start;
        self.token.offset_to = end;
        self.next = end;
        // The loop above has pushed the s of a possessive, without its apostrophe.
        let word = &self.text[start..end];
        let is_possessive = word
            .strip_suffix(['s', 'S'])
            .is_some_and(|stem| stem.ends_with(is_apostrophe));
        if is_possessive {
            self.token.text.pop();
        }
        if self.to_base
            && let Some(base) = irregular_base(&self.token.text)
        {
            base.clone_into(&mut self.token.text);
        }
    }
}

impl TokenStream for SplitStream<'_> {
    fn advance(&mut self) -> bool {
        self.token.text.clear();
        self.token.position = self.token.position.wrapping_add(1);
        let rest = self.text.get(self.next..).unwrap_or_default();
        match rest.char_indices().find(|(_, c)| c.is_alphanumeric()) {
            Some((at, _)) => {
                self.token.position_length = self.weight;
                self.take_word(self.next + at);
                true
            }
            None => {
                self.next = self.text.len();
                false
            }
        }
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_possessive_has_the_stem_of_its_word_and_other_apostrophes_stay() {
        assert_eq!(stems("women's"), stems("women"));
        assert_eq!(stems("Women\u{2019}s group"), stems("women groups"));
        assert_eq!(stems("don't").len(), 1);
        assert_eq!(stems("'quoted'"), stems("quoted"));
    }

    #[test]
    fn accents_and_case_do_not_matter() {
        assert_eq!(stems("Café DÉPRESSION"), stems("cafe depression"));
    }

    #[test]
    fn offsets_delimit_the_bytes_of_the_word() {
        let text = "Ærø: women\u{2019}s café";
        let words: Vec<_> = tokenize(text)
            .iter()
            .map(|word| text[word.from..word.to].to_owned())
            .collect();
        assert_eq!(words, ["Ærø", "women\u{2019}s", "café"]);
    }

    #[test]
    fn a_word_and_its_irregular_plural_have_one_stem() {
        assert_eq!(stems("womens Women's woman"), ["woman"; 3]);
        assert_eq!(stems("men's man"), ["man"; 2]);
        assert_eq!(forms("Women's Gärten"), ["women", "garten"]);
    }

    #[test]
    fn each_word_of_a_weighted_text_is_repeated() {
        let mut analyzer = stem_analyzer(Splitter::WEIGHTED_STEMS);
        let words = collect(&mut analyzer, &weighted(3, "Tea, women"));
        let words: Vec<_> = words.iter().map(|word| word.stem.as_str()).collect();
        assert_eq!(words, ["tea", "tea", "tea", "woman", "woman", "woman"]);
    }
}
