//! A phrase while a person types it, unseen: all words in one line, or some in each of several.

use std::fmt;

use bip39::Language;
use zeroize::Zeroizing;

use super::{Phrase, PhraseError, WORD_COUNT};

/// The longest word of BIP-39's English list, with the space after it.
const MAX_WORD_BYTES: usize = 9;

/// The words typed so far. A wrong word costs only itself and the words after it in its line,
/// because a person who sees nothing of what they type cannot mend a line. Hidden from `Debug`.
pub struct PhraseEntry {
    words: Zeroizing<String>,
    count: usize,
}

/// The result of one line.
#[derive(Debug)]
pub enum Entered {
    /// This many words of the phrase are typed; the others are missing.
    Words(usize),
    /// The last word was typed.
    Complete(Phrase),
}

impl Default for PhraseEntry {
    fn default() -> Self {
        Self {
            // Never grows: a reallocation would leave a copy of the words in freed memory.
            words: Zeroizing::new(String::with_capacity(WORD_COUNT * MAX_WORD_BYTES)),
            count: 0,
        }
    }
}

impl fmt::Debug for PhraseEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhraseEntry({} words, hidden)", self.count)
    }
}

impl PhraseEntry {
    /// The number of words typed so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Adds the words of a line. After [`PhraseError::UnknownWord`] the words before that one are
    /// kept; after any other error the phrase has to be typed from its first word.
    pub fn add_line(&mut self, line: &str) -> Result<Entered, PhraseError> {
        let typed = line.split_whitespace().count();
        if self.count + typed > WORD_COUNT {
            let count = self.count + typed;
            *self = Self::default();
            return Err(PhraseError::WordCount(count));
        }
        for word in line.split_whitespace() {
            let word = Zeroizing::new(word.to_lowercase());
            if Language::English.find_word(&word).is_none() {
                return Err(PhraseError::UnknownWord(self.count + 1));
            }
            self.words.push_str(&word);
            self.words.push(' ');
            self.count += 1;
        }
        if self.count < WORD_COUNT {
            return Ok(Entered::Words(self.count));
        }
        let parsed = Phrase::parse(&self.words);
        *self = Self::default();
        parsed.map(Entered::Complete)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(entered: Result<Entered, PhraseError>) -> Phrase {
        match entered {
            Ok(Entered::Complete(phrase)) => phrase,
            other => panic!("the phrase is complete: {other:?}"),
        }
    }

    #[test]
    fn words_come_in_one_line_or_in_several() {
        let phrase = Phrase::from_entropy([7; 16]);
        let words = phrase.words();
        let whole = complete(PhraseEntry::default().add_line(&words.join("  ").to_uppercase()));
        assert_eq!(whole.words(), words);
        let mut entry = PhraseEntry::default();
        for (index, word) in words[..11].iter().enumerate() {
            let entered = entry.add_line(word);
            assert!(matches!(entered, Ok(Entered::Words(count)) if count == index + 1));
        }
        assert!(matches!(entry.add_line("\n"), Ok(Entered::Words(11))));
        assert_eq!(complete(entry.add_line(words[11])).words(), words);
    }

    #[test]
    fn after_an_unknown_word_only_that_and_the_following_are_typed_again() {
        let phrase = Phrase::from_entropy([7; 16]);
        let words = phrase.words();
        let mut entry = PhraseEntry::default();
        let line = [&words[..4], &["hedgerow"], &words[5..]].concat().join(" ");
        let error = entry.add_line(&line).unwrap_err();
        assert_eq!(error, PhraseError::UnknownWord(5));
        assert_eq!(entry.count(), 4);
        assert_eq!(
            complete(entry.add_line(&words[4..].join(" "))).words(),
            words
        );
    }

    #[test]
    fn after_too_many_words_or_a_wrong_order_all_are_typed_again() {
        let phrase = Phrase::from_entropy([7; 16]);
        let mut words = phrase.words();
        let mut entry = PhraseEntry::default();
        entry.add_line(words[0]).unwrap();
        assert_eq!(format!("{entry:?}"), "PhraseEntry(1 words, hidden)");
        let error = entry.add_line(&words.join(" ")).unwrap_err();
        assert_eq!((error, entry.count()), (PhraseError::WordCount(13), 0));
        words.swap(0, 11);
        let error = entry.add_line(&words.join(" ")).unwrap_err();
        assert_eq!((error, entry.count()), (PhraseError::Checksum, 0));
    }

    #[test]
    fn the_buffer_never_grows() {
        let longest = Language::English.word_list().iter().map(|word| word.len());
        assert_eq!(longest.max(), Some(MAX_WORD_BYTES - 1));
    }
}
