//! How text becomes words, the same for what is indexed and for what is asked.
//!
//! Split at everything that is neither letter nor digit; an apostrophe inside a word
//! belongs to it, and a possessive `’s` is dropped; then lower case, no accents, English
//! stems.

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, Stemmer, TextAnalyzer, Token,
    TokenStream, Tokenizer,
};

/// The analyzer's name in the schema. A change of what it does needs a new name and a new
/// [`super::schema::VERSION`].
pub(crate) const ANALYZER: &str = "hedgerow_words_1";

/// Longer words are not indexed.
const LONGEST_WORD: usize = 60;

/// Words that say nothing about what is looked for. They are indexed, and left out of a
/// question that has other words.
const STOP_WORDS: [&str; 40] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "can", "do", "for", "from", "have",
    "i", "if", "in", "into", "is", "it", "me", "my", "of", "on", "or", "our", "so", "some", "that",
    "the", "their", "there", "these", "they", "this", "to", "was", "we", "who", "with",
];

/// The analyzer of every text field.
pub(crate) fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(Splitter::default())
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(Stemmer::new(Language::English))
        .build()
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
    let mut analyzer = analyzer();
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

/// The different stems of a question, without stop words unless it has nothing else.
pub(crate) fn stems_of_question(question: &str) -> Vec<String> {
    let words = words_of(question);
    let telling: Vec<&Word> = words
        .iter()
        .filter(|word| {
            let typed = question
                .get(word.from..word.to)
                .unwrap_or_default()
                .to_lowercase();
            !STOP_WORDS.contains(&typed.as_str())
        })
        .collect();
    let asked = if telling.is_empty() {
        words.iter().collect()
    } else {
        telling
    };
    let mut stems: Vec<String> = Vec::new();
    for word in asked {
        if !stems.contains(&word.stem) {
            stems.push(word.stem.clone());
        }
    }
    stems
}

/// Splits text into words as the module's head says.
#[derive(Clone, Default)]
struct Splitter {
    token: Token,
}

impl Tokenizer for Splitter {
    type TokenStream<'a> = Split<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Split<'a> {
        self.token.reset();
        Split {
            text,
            next: 0,
            token: &mut self.token,
        }
    }
}

struct Split<'a> {
    text: &'a str,
    next: usize,
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
    }
}

impl TokenStream for Split<'_> {
    fn advance(&mut self) -> bool {
        self.token.text.clear();
        self.token.position = self.token.position.wrapping_add(1);
        let rest = self.text.get(self.next..).unwrap_or_default();
        match rest.char_indices().find(|(_, c)| c.is_alphanumeric()) {
            Some((at, _)) => {
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

    fn stems(text: &str) -> Vec<String> {
        words_of(text).into_iter().map(|word| word.stem).collect()
    }

    #[test]
    fn a_possessive_finds_the_word_and_an_apostrophe_stays_inside() {
        assert_eq!(stems("women's"), stems("women"));
        assert_eq!(stems("Women\u{2019}s group"), stems("women groups"));
        assert_eq!(stems("don't").len(), 1);
        assert_eq!(stems("'quoted'"), stems("quoted"));
    }

    #[test]
    fn accents_and_case_make_no_difference() {
        assert_eq!(stems("Café DÉPRESSION"), stems("cafe depression"));
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
    fn stop_words_are_left_out_unless_there_is_nothing_else() {
        assert_eq!(
            stems_of_question("a group for women and the women"),
            stems("group women")
        );
        assert_eq!(stems_of_question("the the"), ["the"]);
        assert!(stems_of_question("?!").is_empty());
    }
}
