//! How text becomes words, the same for what is indexed and for what is asked.
//!
//! Split at everything that is neither letter nor digit; an apostrophe inside a word
//! belongs to it, and a possessive `’s` is dropped; then lower case, no accents, English
//! stems, and one stem for a word and its irregular plural.

use std::cell::RefCell;

mod repeat;

use tantivy::tokenizer::AsciiFoldingFilter;
use tantivy::tokenizer::Language;
use tantivy::tokenizer::LowerCaser;
use tantivy::tokenizer::RemoveLongFilter;
use tantivy::tokenizer::Stemmer;
use tantivy::tokenizer::TextAnalyzer;
use tantivy::tokenizer::Token;
use tantivy::tokenizer::TokenStream;
use tantivy::tokenizer::Tokenizer;

use repeat::Repeat;

/// Names of the analyzers in the schema. A change of what they do needs new names and a new
/// [`super::schema::VERSION`]. The first gives stems.
pub(crate) const STEMS: &str = "hedgerow_stems_2";
/// Gives stems as often as the text's weight says, see [`weighted`].
pub(crate) const WEIGHTED_STEMS: &str = "hedgerow_weighted_stems_2";
/// Gives words as they are written, in lower case and without accents.
pub(crate) const FORMS: &str = "hedgerow_forms_2";

/// Gives every two stems that stand side by side, joined, so often.
pub(crate) const PAIRS: &str = "hedgerow_pairs_2";

/// Ends the weight before a weighted text.
const WEIGHT_END: char = '\u{1}';

/// Longer words are not indexed.
const LONGEST_WORD: usize = 60;

/// Words that say nothing about what is looked for. They are indexed, and left out of a
/// question that has other words.
const STOP_WORDS: [&str; 40] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "can", "do", "for", "from", "have",
    "i", "if", "in", "into", "is", "it", "me", "my", "of", "on", "or", "our", "so", "some", "that",
    "the", "their", "there", "these", "they", "this", "to", "was", "we", "who", "with",
];

/// Words that a question is made of rather than what it is about: they count where they are
/// found, and nothing has to have them.
const FILLERS: [&str; 33] = [
    "about",
    "any",
    "anyone",
    "find",
    "get",
    "group",
    "groups",
    "help",
    "how",
    "im",
    "local",
    "looking",
    "near",
    "need",
    "other",
    "others",
    "people",
    "person",
    "place",
    "places",
    "please",
    "someone",
    "something",
    "somewhere",
    "support",
    "talk",
    "talking",
    "want",
    "what",
    "when",
    "where",
    "would",
    "you",
];

/// Words whose plural no stemmer knows, and numbers, each with its other forms.
const IRREGULAR: [(&str, &[&str]); 4] = [
    ("woman", &["women", "womens", "womans"]),
    ("man", &["men", "mens", "mans"]),
    ("child", &["children", "childrens", "childs"]),
    ("12", &["twelve"]),
];

/// Makes the analyzers known to an index.
pub(crate) fn register(tokenizers: &tantivy::tokenizer::TokenizerManager) {
    let weighted = Splitter {
        weighted: true,
        ..Splitter::STEMS
    };
    tokenizers.register(STEMS, stems(Splitter::STEMS));
    tokenizers.register(WEIGHTED_STEMS, stems(weighted));
    tokenizers.register(FORMS, forms());
    tokenizers.register(PAIRS, Pairs);
}

/// A text that counts as much as if it stood there `weight` times.
pub(crate) fn weighted(weight: u8, text: &str) -> String {
    format!("{weight}{WEIGHT_END}{text}")
}

fn stems(splitter: Splitter) -> TextAnalyzer {
    TextAnalyzer::builder(splitter)
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(Stemmer::new(Language::English))
        .filter(Repeat)
        .build()
}

fn forms() -> TextAnalyzer {
    TextAnalyzer::builder(Splitter::FORMS)
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

thread_local! {
    /// Making an analyzer costs more than using it on a few words.
    static ANALYZERS: RefCell<(TextAnalyzer, TextAnalyzer)> =
        RefCell::new((stems(Splitter::STEMS), forms()));
}

/// A stem and the bytes of the text that it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) stem: String,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// Every word of a text, in order.
pub(crate) fn words_of(text: &str) -> Vec<Word> {
    ANALYZERS.with_borrow_mut(|(stems, _)| collect(stems, text))
}

/// Every word of a text as it is written, in lower case and without accents.
pub(crate) fn forms_of(text: &str) -> Vec<String> {
    ANALYZERS.with_borrow_mut(|(_, forms)| {
        collect(forms, text)
            .into_iter()
            .map(|word| word.stem)
            .collect()
    })
}

/// A word, in lower case and without accents, as one of it: plural and singular are the
/// same, and everything else that a stem drops stays. `prisoners` is not `prison`.
pub(crate) fn singular(form: &str) -> String {
    let irregular = IRREGULAR
        .iter()
        .find(|(one, others)| *one == form || others.contains(&form));
    if let Some((one, _)) = irregular {
        return (*one).to_owned();
    }
    if let Some(stem) = form.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        return format!("{stem}y");
    }
    let plural = form
        .strip_suffix('s')
        .filter(|one| one.len() > 2 && !one.ends_with(['s', 'u', 'i']));
    plural.unwrap_or(form).to_owned()
}

/// The stems of a text, in order.
pub(crate) fn stems_of(text: &str) -> Vec<String> {
    words_of(text).into_iter().map(|word| word.stem).collect()
}

/// The stems of a text without stop words, in order.
pub(crate) fn telling_stems(text: &str) -> Vec<String> {
    let words = words_of(text);
    let stems = words.into_iter().map(|word| word.stem);
    stems.filter(|stem| !is_stop_word(stem)).collect()
}

/// Whether a word, in lower case, says nothing about what is looked for.
pub(crate) fn is_stop_word(form: &str) -> bool {
    STOP_WORDS.contains(&form)
}

/// Whether a word, in lower case, need not be there if another is.
pub(crate) fn is_filler(form: &str) -> bool {
    FILLERS.contains(&form)
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

/// Splits text into words as the module's head says.
#[derive(Clone)]
struct Splitter {
    token: Token,
    /// Whether texts begin with their weight.
    weighted: bool,
    /// Whether irregular forms become one.
    regular: bool,
}

impl Splitter {
    const STEMS: Self = Self::new(true);
    const FORMS: Self = Self::new(false);

    const fn new(regular: bool) -> Self {
        Self {
            token: Token {
                offset_from: 0,
                offset_to: 0,
                position: usize::MAX,
                text: String::new(),
                position_length: 1,
            },
            weighted: false,
            regular,
        }
    }
}

impl Tokenizer for Splitter {
    type TokenStream<'a> = Split<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Split<'a> {
        self.token.reset();
        let weighted = text.split_once(WEIGHT_END).filter(|_| self.weighted);
        let (weight, text) = match weighted {
            Some((weight, text)) => (weight.parse().unwrap_or(1), text),
            None => (1, text),
        };
        Split {
            text,
            next: 0,
            weight,
            regular: self.regular,
            token: &mut self.token,
        }
    }
}

struct Split<'a> {
    text: &'a str,
    next: usize,
    /// How often each word comes, see [`Repeat`].
    weight: usize,
    regular: bool,
    token: &'a mut Token,
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{02BC}')
}

impl Split<'_> {
    /// Puts one word into the token. `start` is the offset of its first letter.
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
        // `take_word` has pushed the s of a possessive: the apostrophe is two places back.
        let word = &self.text[start..end];
        let possessive = word
            .strip_suffix(['s', 'S'])
            .is_some_and(|stem| stem.ends_with(is_apostrophe));
        if possessive {
            self.token.text.pop();
        }
        if self.regular {
            let form = &self.token.text;
            let one = IRREGULAR
                .iter()
                .find(|(_, others)| others.iter().any(|other| form.eq_ignore_ascii_case(other)));
            if let Some((one, _)) = one {
                (*one).clone_into(&mut self.token.text);
            }
        }
    }
}

impl TokenStream for Split<'_> {
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

/// Two stems side by side, as one term.
pub(crate) fn pair(first: &str, second: &str) -> String {
    format!("{first} {second}")
}

/// Every two words of a text that stand side by side, stop words left out.
#[derive(Clone, Default)]
struct Pairs;

struct PairStream {
    pairs: Vec<String>,
    /// How often each pair comes.
    weight: usize,
    next: usize,
    token: Token,
}

impl Tokenizer for Pairs {
    type TokenStream<'a> = PairStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PairStream {
        let (weight, text) = text.split_once(WEIGHT_END).unwrap_or(("1", text));
        PairStream {
            pairs: telling_stems(text)
                .windows(2)
                .map(|two| pair(&two[0], &two[1]))
                .collect(),
            weight: weight.parse().unwrap_or(1),
            next: 0,
            token: Token::default(),
        }
    }
}

impl TokenStream for PairStream {
    fn advance(&mut self) -> bool {
        let Some(pair) = self.pairs.get(self.next / self.weight.max(1)) else {
            return false;
        };
        self.token.text.clone_from(pair);
        self.token.position = self.next;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_possessive_finds_the_word_and_an_apostrophe_stays_inside() {
        assert_eq!(stems_of("women's"), stems_of("women"));
        assert_eq!(stems_of("Women\u{2019}s group"), stems_of("women groups"));
        assert_eq!(stems_of("don't").len(), 1);
        assert_eq!(stems_of("'quoted'"), stems_of("quoted"));
    }

    #[test]
    fn accents_and_case_make_no_difference() {
        assert_eq!(stems_of("Café DÉPRESSION"), stems_of("cafe depression"));
    }

    #[test]
    fn offsets_name_the_bytes_of_the_word() {
        let text = "Ærø: women\u{2019}s café";
        let found: Vec<_> = words_of(text)
            .iter()
            .map(|w| text[w.from..w.to].to_owned())
            .collect();
        assert_eq!(found, ["Ærø", "women\u{2019}s", "café"]);
    }

    #[test]
    fn a_word_and_its_irregular_plural_are_one() {
        assert_eq!(stems_of("womens Women's woman"), ["woman"; 3]);
        assert_eq!(stems_of("men's man"), ["man"; 2]);
        assert_eq!(forms_of("Women's Gärten"), ["women", "garten"]);
    }

    #[test]
    fn a_weighted_text_has_each_word_so_often() {
        let mut weighted_stems = stems(Splitter {
            weighted: true,
            ..Splitter::STEMS
        });
        let found = collect(&mut weighted_stems, &weighted(3, "Tea, women"));
        let found: Vec<_> = found.iter().map(|word| word.stem.as_str()).collect();
        assert_eq!(found, ["tea", "tea", "tea", "woman", "woman", "woman"]);
    }
}
