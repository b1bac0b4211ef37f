//! Secrets that a browser holds: of a session, and of a link. The node keeps their hashes.

use hedgerow_core::random::{Random, RandomExt};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// 256 random bits: there is nothing to guess.
pub(crate) struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    pub(crate) fn generate(random: &dyn Random) -> Self {
        Self(Zeroizing::new(random.bytes()))
    }

    /// Parses the form in a cookie or an address.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text, bytes.as_mut_slice()).ok()?;
        Some(Self(bytes))
    }

    pub(crate) fn to_text(&self) -> String {
        hex::encode(*self.0)
    }

    /// What the node keeps.
    pub(crate) fn hash(&self) -> [u8; 32] {
        self.derive(b"hash")
    }

    /// The token in the forms of a session. Another site cannot read it, and it does not lead back
    /// to the secret.
    pub(crate) fn form_token(&self) -> String {
        hex::encode(&self.derive(b"form")[..16])
    }

    /// The key that seals what only this secret may open.
    pub(super) fn sealing_key(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.derive(b"seal"))
    }

    fn derive(&self, purpose: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"hedgerow/console/");
        hash.update(purpose);
        hash.update([0]);
        hash.update(self.0.as_slice());
        hash.finalize().into()
    }
}

/// Compares all bytes, so that the time shows nothing about them.
pub(super) fn are_equal(one: &str, other: &str) -> bool {
    let pairs = one.bytes().zip(other.bytes());
    let difference = pairs.fold(0, |difference, (one, other)| difference | (one ^ other));
    one.len() == other.len() && difference == 0
}

#[cfg(test)]
mod tests {
    use hedgerow_testkit::SeededRandom;

    use super::*;

    #[test]
    fn hash_and_token_do_not_show_each_other_or_the_secret() {
        let secret = Secret::generate(&SeededRandom::new(1));
        let text = secret.to_text();
        let again = Secret::parse(&text).unwrap();
        assert_eq!(again.hash(), secret.hash());
        assert!(!hex::encode(secret.hash()).contains(&secret.form_token()));
        assert!(!text.contains(&secret.form_token()));
        for wrong in ["", "00", &text[1..], "zz".repeat(32).as_str()] {
            assert!(Secret::parse(wrong).is_none(), "{wrong}");
        }
        assert!(are_equal("ab", "ab"));
        assert!(!are_equal("ab", "abc") && !are_equal("ab", "ac") && !are_equal("", "a"));
    }
}
