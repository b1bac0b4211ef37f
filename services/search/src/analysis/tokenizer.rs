//! Splitting text into words and stems.
//!
//! Text is split at every character that is neither letter nor digit. An apostrophe inside a
//! word is part of it, except that a possessive `’s` is dropped. Initials with dots are one
//! word. Text in a script without spaces is split into overlapping pairs of characters. Then:
//! composed letters, lower case, no accents, English stems, and one stem for a family of words.

use std::cell::RefCell;

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, Stemmer, TextAnalyzer, Token,
    TokenStream, Tokenizer,
};

use crate::analysis::families::FamilyFilter;
use crate::analysis::scripts::{is_unspaced, is_word_character, push_normalised};
use crate::analysis::word_lists::is_stop_word;

/// Separates the weight from a weighted text.
const WEIGHT_END: char = '\u{1}';
/// Longer words are not indexed.
pub const MAX_WORD_BYTES: usize = 60;
/// Maximum number of parts of a word with hyphens that is also indexed without them.
const MAX_HYPHENATED: usize = 3;

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

thread_local! {
    // Building an analyzer costs more than running it on a few words.
    static ANALYZERS: RefCell<(TextAnalyzer, TextAnalyzer)> =
        RefCell::new((stem_analyzer(), form_analyzer(Splitter::QUERY)));
}

/// The analyzer of a query's stems.
fn stem_analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(Splitter::QUERY)
        .filter(RemoveLongFilter::limit(MAX_WORD_BYTES))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(FamilyFilter)
        .filter(Stemmer::new(Language::English))
        .build()
}

/// An analyzer that emits words as written, in lower case and without accents.
pub fn form_analyzer(splitter: Splitter) -> TextAnalyzer {
    TextAnalyzer::builder(splitter)
        .filter(RemoveLongFilter::limit(MAX_WORD_BYTES))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
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

/// Returns the stem of a text's first word; empty without one.
pub fn stem(word: &str) -> String {
    stems(word).into_iter().next().unwrap_or_default()
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
    /// Whether words with hyphens are emitted without them too, and characters of scripts
    /// without spaces alone too.
    for_index: bool,
}

impl Splitter {
    pub const INDEXED: Self = Self::new(false, true);
    pub const WEIGHTED: Self = Self::new(true, true);
    const QUERY: Self = Self::new(false, false);

    const fn new(weighted: bool, for_index: bool) -> Self {
        Self {
            token: Token {
                offset_from: 0,
                offset_to: 0,
                position: usize::MAX,
                text: String::new(),
                position_length: 1,
            },
            weighted,
            for_index,
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
            for_index: self.for_index,
            hyphenated: Hyphenated::default(),
            pair_from: None,
            token: &mut self.token,
        }
    }
}

pub struct SplitStream<'a> {
    text: &'a str,
    next: usize,
    /// How often [`RepeatFilter`](crate::analysis::weighting::RepeatFilter) repeats each word.
    weight: usize,
    for_index: bool,
    hyphenated: Hyphenated,
    /// The start of a pair of characters of a script without spaces, whose first character has
    /// been emitted alone.
    pair_from: Option<usize>,
    token: &'a mut Token,
}

/// Words with a hyphen between them, as far as they are read.
#[derive(Clone, Copy, Default)]
struct Hyphenated {
    from: usize,
    to: usize,
    parts: usize,
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{02bc}')
}

fn is_hyphen(text: &str) -> bool {
    matches!(text, "-" | "\u{2010}" | "\u{2011}")
}

impl SplitStream<'_> {
    /// Emits a part of the text as one word.
    fn emit(&mut self, from: usize, to: usize) {
        self.token.text.clear();
        self.token.offset_from = from;
        self.token.offset_to = to;
        self.token.position_length = self.weight;
        let word = &self.text[from..to];
        // A possessive: only the s after the apostrophe is left out.
        let word = word
            .strip_suffix(['s', 'S'])
            .filter(|stem| stem.ends_with(is_apostrophe))
            .unwrap_or(word);
        push_normalised(word, &mut self.token.text);
    }

    /// Emits the word that begins at `start`.
    fn emit_word(&mut self, start: usize) {
        let end = self
            .end_of_initials(start)
            .unwrap_or_else(|| self.end_of_word(start));
        self.next = end;
        self.emit(start, end);
        if self.for_index {
            self.continue_hyphenated(start, end);
        }
    }

    fn end_of_word(&self, start: usize) -> usize {
        let rest = &self.text[start..];
        let mut end = start;
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if is_word_character(c) && !is_unspaced(c) {
                end = start + at + c.len_utf8();
            } else if !(is_apostrophe(c)
                && chars
                    .peek()
                    .is_some_and(|(_, after)| after.is_alphanumeric()))
            {
                break;
            }
        }
        end
    }

    /// The end of two or more initials with dots between them, without the last dot: `U.K.`.
    fn end_of_initials(&self, start: usize) -> Option<usize> {
        let rest = self.text.as_bytes().get(start..)?;
        let mut letters = 0;
        while rest.get(letters * 2).is_some_and(u8::is_ascii_alphabetic)
            && rest.get(letters * 2 + 1) == Some(&b'.')
        {
            letters += 1;
        }
        // The last one may have no dot.
        let after = &self.text[start + letters * 2..];
        let mut chars = after.chars();
        let is_last = chars.next().is_some_and(|c| c.is_ascii_alphabetic())
            && !chars.next().is_some_and(is_word_character);
        match (letters, is_last) {
            (1.., true) => Some(start + letters * 2 + 1),
            (2.., false) => Some(start + letters * 2 - 1),
            _ => None,
        }
    }

    /// Notes a word as a further part of one with hyphens, or as the first part of one.
    fn continue_hyphenated(&mut self, start: usize, end: usize) {
        let has_letters_only = self.text[start..end].chars().all(char::is_alphabetic);
        let Hyphenated { from, to, parts } = self.hyphenated;
        let continues = parts > 0 && is_hyphen(self.text.get(to..start).unwrap_or_default());
        self.hyphenated = match (has_letters_only, continues) {
            (true, true) => Hyphenated {
                from,
                to: end,
                parts: parts + 1,
            },
            (true, false) => Hyphenated {
                from: start,
                to: end,
                parts: 1,
            },
            (false, _) => Hyphenated::default(),
        };
    }

    /// Emits a word with hyphens as one, after its last part.
    fn emit_joined(&mut self) -> bool {
        let Hyphenated { from, to, parts } = self.hyphenated;
        if !(2..=MAX_HYPHENATED).contains(&parts) {
            return false;
        }
        let mut after = self.text[to..].chars();
        let has_more = after
            .next()
            .is_some_and(|c| is_hyphen(c.encode_utf8(&mut [0; 4])))
            && after.next().is_some_and(char::is_alphabetic);
        if has_more {
            return false;
        }
        self.hyphenated = Hyphenated::default();
        self.emit(from, to);
        true
    }

    /// Emits the pair of characters at `start`, or a character that has no neighbour; for the
    /// index each character alone as well.
    fn emit_unspaced(&mut self, start: usize) {
        let mut chars = self.text[start..].chars();
        let first = chars.next().map_or(0, char::len_utf8);
        let second = chars.next().filter(|c| is_unspaced(*c)).map(char::len_utf8);
        let third = chars.next().is_some_and(is_unspaced);
        let is_alone = self.pair_from != Some(start);
        let Some(second) = second else {
            self.next = start + first;
            return self.emit(start, start + first);
        };
        if self.for_index && is_alone {
            self.pair_from = Some(start);
            self.next = start;
            return self.emit(start, start + first);
        }
        // The last character of a run is part of the pair before; the index has it alone too.
        self.next = start + first;
        if !third && !self.for_index {
            self.next += second;
        }
        self.emit(start, start + first + second);
    }
}

impl TokenStream for SplitStream<'_> {
    fn advance(&mut self) -> bool {
        if self.for_index && self.emit_joined() {
            return true;
        }
        self.token.position = self.token.position.wrapping_add(1);
        let rest = self.text.get(self.next..).unwrap_or_default();
        match rest.char_indices().find(|(_, c)| c.is_alphanumeric()) {
            Some((at, c)) => {
                let start = self.next + at;
                if is_unspaced(c) {
                    self.emit_unspaced(start);
                } else {
                    self.emit_word(start);
                }
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
        assert_eq!(stems("womens Women's woman"), ["woman="; 3]);
        assert_eq!(stems("men's man"), ["man="; 2]);
        assert_eq!(forms("Women's Gärten"), ["women", "garten"]);
    }

    #[test]
    fn a_family_of_words_has_one_stem_that_the_stemmer_keeps() {
        for (one, other) in [
            ("anxious", "anxiety"),
            ("autism", "AUTISTIC"),
            ("dads", "fathers"),
            ("mindfulness", "mindfullness"),
            ("lonely", "loneliness"),
        ] {
            assert_eq!(stems(one), stems(other), "{one}");
        }
        assert_ne!(stems("mindfulness"), stems("Mind"));
        assert_eq!(stems("mindfulness"), ["mindfulness="]);
    }

    #[test]
    fn initials_with_dots_are_one_word() {
        assert_eq!(forms("U.K. E.M.D.R. Peers"), ["uk", "emdr", "peers"]);
        assert_eq!(forms("A.A"), ["aa"]);
        assert_eq!(forms("J.R.Smith, No. 5"), ["jr", "smith", "no", "5"]);
        assert_eq!(forms("Plan B. Tea."), ["plan", "b", "tea"]);
    }

    #[test]
    fn decomposed_letters_are_one_word_with_the_composed_ones() {
        let text = "Mo\u{302}n Cafe\u{301}";
        assert_eq!(stems(text), stems("Môn Café"));
        let words: Vec<_> = tokenize(text)
            .iter()
            .map(|word| (word.from, word.to))
            .collect();
        assert_eq!(words, [(0, 5), (6, text.len())]);
    }

    #[test]
    fn scripts_without_spaces_are_split_into_pairs() {
        assert_eq!(
            forms("喝茶聊天，5 tea"),
            ["喝茶", "茶聊", "聊天", "5", "tea"]
        );
        assert_eq!(forms("茶"), ["茶"]);
        assert_eq!(forms("tea聊天"), ["tea", "聊天"]);
        assert_eq!(forms("กลุ่ม").len(), 4);
        let mut analyzer = form_analyzer(Splitter::INDEXED);
        let words = collect(&mut analyzer, "喝茶聊。天");
        let words: Vec<_> = words.iter().map(|word| word.stem.as_str()).collect();
        assert_eq!(words, ["喝", "喝茶", "茶", "茶聊", "聊", "天"]);
    }

    #[test]
    fn words_with_hyphens_are_indexed_without_them_too() {
        let mut analyzer = form_analyzer(Splitter::INDEXED);
        let mut indexed = |text: &str| -> Vec<String> {
            let words = collect(&mut analyzer, text);
            words.into_iter().map(|word| word.stem).collect()
        };
        assert_eq!(
            indexed("post-natal group"),
            ["post", "natal", "postnatal", "group"]
        );
        assert_eq!(indexed("one-to-one"), ["one", "to", "one", "onetoone"]);
        assert_eq!(indexed("18-25 - and"), ["18", "25", "and"]);
        assert_eq!(indexed("a-b-c-d-e"), ["a", "b", "c", "d", "e"]);
        assert_eq!(indexed("Mon - Thu"), ["mon", "thu"]);
    }
}
