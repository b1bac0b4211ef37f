use hedgerow_core::phrase::Phrase;
use serde::{Deserialize, Serialize};

use super::file::{check, unhex, verdict};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Vector {
    words: String,
    verdict: String,
    /// The 16 bytes that the words encode; empty if they are not a phrase.
    entropy: String,
    recovery_keys: Vec<RecoveryKey>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct RecoveryKey {
    index: u32,
    /// The seed: RFC 8032's private key.
    seed: String,
    public: String,
    /// The commitment that key event index - 1 contains.
    commitment: String,
}

const ABOUT: &str = "BIP-39 phrases of 12 English words and the recovery keys that come from them: \
    seed = HKDF-SHA256(ikm = BIP-39 seed with empty passphrase, salt = hedgerow/v1, info = recovery \
    + u32be index), commitment = SHA-256(hedgerow/v1/next + public key).";

fn good(entropy: [u8; 16], indexes: &[u32]) -> Vector {
    let phrase = Phrase::from_entropy(entropy);
    Vector {
        words: phrase.words().join(" "),
        verdict: "ok".to_owned(),
        entropy: hex::encode(entropy),
        recovery_keys: indexes
            .iter()
            .map(|index| recovery_key(&phrase, *index))
            .collect(),
    }
}

fn recovery_key(phrase: &Phrase, index: u32) -> RecoveryKey {
    let key = phrase.recovery_key(index);
    RecoveryKey {
        index,
        seed: hex::encode(key.seed()),
        public: hex::encode(key.public().as_bytes()),
        commitment: phrase.commitment(index).to_string(),
    }
}

fn bad(words: &str, verdict: &str) -> Vector {
    Vector {
        words: words.to_owned(),
        verdict: verdict.to_owned(),
        entropy: String::new(),
        recovery_keys: Vec::new(),
    }
}

fn made() -> Vec<Vector> {
    let abandon = "abandon ".repeat(11);
    vec![
        good([0; 16], &[1, 2, 999, u32::MAX]),
        good([0xff; 16], &[1]),
        good([0x42; 16], &[0, 1, 2, 3]),
        bad(&format!("{abandon}abandon"), "phrase_checksum"),
        bad(&format!("{abandon}hedgerow"), "phrase_unknown_word"),
        bad(&abandon, "phrase_word_count"),
        bad(&format!("{abandon}about about"), "phrase_word_count"),
        bad("", "phrase_word_count"),
    ]
}

#[test]
fn phrases_give_the_keys_of_the_vectors() {
    check("phrases.json", ABOUT, made(), |vector| {
        let phrase = Phrase::parse(&vector.words);
        assert_eq!(
            verdict(&phrase, hedgerow_core::phrase::PhraseError::reason),
            vector.verdict,
            "{}",
            vector.words
        );
        let Ok(phrase) = phrase else { return };
        for key in &vector.recovery_keys {
            assert_eq!(&recovery_key(&phrase, key.index), key);
        }
        let entropy = unhex(&vector.entropy).try_into().unwrap();
        assert_eq!(Phrase::from_entropy(entropy).words(), phrase.words());
    });
}
