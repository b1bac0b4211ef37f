//! The recovery phrase: twelve words on paper, from which a group's recovery keys derive.

pub mod entry;

use std::fmt;

use bip39::{Language, Mnemonic};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::id::Commitment;
use crate::key_log::commitment_to;
use crate::keys::SigningKey;
use crate::random::{Random, RandomExt};

/// The number of words in a phrase: they encode 128 bits and a checksum.
pub const WORD_COUNT: usize = 12;

/// The number of words that a person repeats after writing a phrase on paper. Three make it hard
/// to pass without a complete copy, and are quickly typed.
pub const CONFIRMED_WORDS: usize = 3;

/// Draws the indices of the words that a person repeats, distinct and in order.
#[must_use]
pub fn indices_to_confirm(random: &(impl Random + ?Sized)) -> Vec<usize> {
    let mut indices = Vec::with_capacity(CONFIRMED_WORDS);
    while indices.len() < CONFIRMED_WORDS {
        let [byte] = random.bytes::<1>();
        // Slightly biased, which does not matter here.
        let index = usize::from(byte) % WORD_COUNT;
        if !indices.contains(&index) {
            indices.push(index);
        }
    }
    indices.sort_unstable();
    indices
}

/// A BIP-39 phrase of twelve English words. Wiped from memory when dropped; hidden from `Debug`.
pub struct Phrase {
    entropy: Zeroizing<[u8; 16]>,
    seed: Zeroizing<[u8; 64]>,
}

/// The reason why text is not a phrase. It never contains a word of the text, which is secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// The text has another number of words.
    #[error("the phrase has {0} words: expected {WORD_COUNT}")]
    WordCount(usize),
    /// A word, counted from 1, that is not in BIP-39's English list.
    #[error("word {0} is not in the word list of phrases: check its spelling")]
    UnknownWord(usize),
    /// All words are in the list, but the checksum fails.
    #[error("the words do not form a phrase: check for a wrong or misplaced word")]
    Checksum,
}

impl PhraseError {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::WordCount(_) => "phrase_word_count",
            Self::UnknownWord(_) => "phrase_unknown_word",
            Self::Checksum => "phrase_checksum",
        }
    }
}

impl Phrase {
    /// Encodes 128 random bits as a phrase.
    #[must_use]
    pub fn from_entropy(entropy: [u8; 16]) -> Self {
        let entropy = Zeroizing::new(entropy);
        let seed = Zeroizing::new(mnemonic(&entropy).to_seed_normalized(""));
        Self { entropy, seed }
    }

    /// Parses words as people type them, in any case and with any spacing.
    pub fn parse(text: &str) -> Result<Self, PhraseError> {
        let words = text.split_whitespace().count();
        if words != WORD_COUNT {
            return Err(PhraseError::WordCount(words));
        }
        let lower = Zeroizing::new(text.to_lowercase());
        let mnemonic = Mnemonic::parse_in_normalized(Language::English, &lower).map_err(
            |error| match error {
                bip39::Error::UnknownWord(index) => PhraseError::UnknownWord(index + 1),
                bip39::Error::BadWordCount(count) => PhraseError::WordCount(count),
                _ => PhraseError::Checksum,
            },
        )?;
        let (all, _) = mnemonic.to_entropy_array();
        let all = Zeroizing::new(all);
        let mut entropy = [0; 16];
        entropy.copy_from_slice(&all[..16]);
        Ok(Self::from_entropy(entropy))
    }

    /// The words in order. They are secret: shown once, when the group is made.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        mnemonic(&self.entropy).words().collect()
    }

    /// Derives recovery key `index`, which signs key event `index`. Event 0 needs none.
    #[must_use]
    pub fn recovery_key(&self, index: u32) -> SigningKey {
        let mut info = *b"recovery\0\0\0\0";
        info[8..].copy_from_slice(&index.to_be_bytes());
        let mut seed = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(Some(b"hedgerow/v1"), self.seed.as_slice())
            .expand(&info, seed.as_mut_slice())
            .expect("HKDF-SHA256 can expand to 32 bytes");
        SigningKey::from_seed(*seed)
    }

    /// The commitment to recovery key `index`, which key event `index` − 1 contains.
    #[must_use]
    pub fn commitment(&self, index: u32) -> Commitment {
        commitment_to(&self.recovery_key(index).public())
    }
}

impl fmt::Debug for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phrase(hidden)")
    }
}

fn mnemonic(entropy: &[u8; 16]) -> Mnemonic {
    Mnemonic::from_entropy_in(Language::English, entropy).expect("128 bits make twelve words")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn a_phrase_typed_from_paper_gives_the_same_keys(entropy: [u8; 16], index: u32) {
            let made = Phrase::from_entropy(entropy);
            let paper = made.words().join("  ").to_uppercase();
            let read = Phrase::parse(&paper)?;
            prop_assert_eq!(read.words(), made.words());
            prop_assert_eq!(read.commitment(index), made.commitment(index));
        }
    }

    #[test]
    fn the_seed_is_that_of_bip_39() {
        // The first vector of BIP-39's own list, with the empty passphrase.
        let phrase = Phrase::parse(
            "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
        )
        .unwrap();
        assert_eq!(*phrase.entropy, [0; 16]);
        assert!(
            hex::encode(*phrase.seed)
                .starts_with("5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc1")
        );
    }

    #[test]
    fn an_error_names_the_wrong_word_by_number_only() {
        let words = Phrase::from_entropy([3; 16]).words();
        let mut wrong = words.clone();
        wrong[4] = "hedgerow";
        let error = Phrase::parse(&wrong.join(" ")).unwrap_err();
        assert_eq!(error, PhraseError::UnknownWord(5));
        assert!(!error.to_string().contains("hedgerow"));
        assert_eq!(
            Phrase::parse(&words[..11].join(" ")).unwrap_err(),
            PhraseError::WordCount(11)
        );
        let mut swapped = words;
        swapped.swap(0, 11);
        assert_eq!(
            Phrase::parse(&swapped.join(" ")).unwrap_err(),
            PhraseError::Checksum
        );
    }

    #[test]
    fn debug_output_hides_the_phrase() {
        assert_eq!(
            format!("{:?}", Phrase::from_entropy([0; 16])),
            "Phrase(hidden)"
        );
    }
}
