//! The passphrase of a file that leaves the machine: a group's move file, or a backup.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use hedgerow_core::random::Random;
use zeroize::Zeroizing;

/// The fewest characters of a chosen passphrase. The file may fall into hands that can guess for
/// as long as they like, so it must not open with a word.
const MIN_CHARS: usize = 12;

/// The characters of a generated passphrase: those that are hard to confuse on paper.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A generated passphrase has 5 groups of 4 characters, of 5 bits each.
const GROUPS: usize = 5;
const CHARS_PER_GROUP: usize = 4;

/// The salt of a file's key.
pub const SALT_BYTES: usize = 16;

/// The second recommendation of RFC 9106 §4, which a small machine can afford. Fixed, so that
/// nobody can make the reader of a file use more memory.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;

/// A passphrase. Wiped from memory when dropped; hidden from `Debug`.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

/// A chosen passphrase that is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the passphrase has {0} characters: expected at least {MIN_CHARS}")]
pub struct PassphraseTooShort(usize);

impl Passphrase {
    /// Generates one of 100 bits, such as `k7qm-2fxd-9hzt-b3wn-p8cs`.
    #[must_use]
    pub fn generate(random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new([0; GROUPS * CHARS_PER_GROUP]);
        random.fill(bytes.as_mut_slice());
        let mut text = Zeroizing::new(String::with_capacity(bytes.len() + GROUPS));
        for (index, byte) in bytes.iter().enumerate() {
            if index > 0 && index % CHARS_PER_GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(ALPHABET[usize::from(byte % 32)]));
        }
        Self(text)
    }

    /// A passphrase for a new file, as a person chose it, without spaces around it.
    ///
    /// # Errors
    /// If it is too short.
    pub fn choose(text: &str) -> Result<Self, PassphraseTooShort> {
        let chosen = Self::enter(text);
        let length = chosen.0.chars().count();
        if length < MIN_CHARS {
            return Err(PassphraseTooShort(length));
        }
        Ok(chosen)
    }

    /// The passphrase of an existing file, as a person typed it, without spaces around it.
    #[must_use]
    pub fn enter(text: &str) -> Self {
        Self(Zeroizing::new(text.trim().to_owned()))
    }

    /// Derives a file's key, by Argon2id. Takes about a tenth of a second, and 64 MiB.
    ///
    /// # Panics
    /// If there is no memory for it.
    #[must_use]
    pub fn key(&self, salt: &[u8; SALT_BYTES]) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        Params::new(MEMORY_KIB, PASSES, LANES, Some(key.len()))
            .map(|params| Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
            .and_then(|argon2| {
                argon2.hash_password_into(self.0.as_bytes(), salt, key.as_mut_slice())
            })
            .expect("the parameters and the salt's length are valid, and a passphrase is short");
        key
    }

    /// The text, to be shown once.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_transport::clock::SystemRandom;

    use super::*;

    #[test]
    fn a_generated_passphrase_is_long_enough_and_new_each_time() {
        let made = Passphrase::generate(&SystemRandom);
        assert_eq!(made.as_str().len(), 24);
        let chosen = Passphrase::choose(made.as_str()).unwrap();
        assert_eq!(chosen.as_str(), made.as_str());
        let other = Passphrase::generate(&SystemRandom);
        assert_ne!(other.as_str(), made.as_str());
        assert_eq!(format!("{made:?}"), "Passphrase(hidden)");
    }

    #[test]
    fn a_short_passphrase_is_refused_for_a_new_file_only() {
        let error = Passphrase::choose(" kettle \n").unwrap_err();
        assert_eq!(error, PassphraseTooShort(6));
        assert_eq!(Passphrase::enter(" kettle \n").as_str(), "kettle");
    }
}
