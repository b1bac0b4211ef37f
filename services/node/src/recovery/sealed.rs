//! Encryption of a move file with a passphrase. The form:
//!
//! ```text
//! 16 bytes  "hedgerow-move/2" and a line feed
//! 16 bytes  salt
//! 24 bytes  nonce
//! the rest  ciphertext with its 16-byte tag: XChaCha20-Poly1305, with the 56 bytes before as
//!           associated data; key: 32 bytes of Argon2id (version 0x13; 64 MiB, 3 passes, 4 lanes)
//!           of the passphrase in UTF-8 and the salt
//! ```

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hedgerow_core::random::{Random, RandomExt};
use hedgerow_server::passphrase::{Passphrase, SALT_BYTES};

/// The first bytes of a file.
const MAGIC: &[u8; 16] = b"hedgerow-move/2\n";
const NONCE_BYTES: usize = 24;
const HEADER_BYTES: usize = MAGIC.len() + SALT_BYTES + NONCE_BYTES;

/// Why bytes cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OpenError {
    /// Another passphrase, or altered bytes: the tag does not show which.
    Passphrase,
    /// The header is incomplete.
    Truncated,
}

/// Whether a file begins as an encrypted one.
pub(super) fn is_sealed(file: &[u8]) -> bool {
    file.starts_with(MAGIC)
}

/// Encrypts a file's contents, with a salt and a nonce of their own.
pub(super) fn seal(mut contents: Vec<u8>, passphrase: &Passphrase, random: &dyn Random) -> Vec<u8> {
    let salt: [u8; SALT_BYTES] = random.bytes();
    let nonce: [u8; NONCE_BYTES] = random.bytes();
    let mut sealed = Vec::with_capacity(HEADER_BYTES + contents.len() + 16);
    sealed.extend_from_slice(MAGIC);
    sealed.extend_from_slice(&salt);
    sealed.extend_from_slice(&nonce);
    cipher(passphrase, &salt)
        .encrypt_in_place(&XNonce::from(nonce), &sealed, &mut contents)
        .expect("a file in memory is shorter than the cipher's limit of 256 GiB");
    sealed.append(&mut contents);
    sealed
}

/// Decrypts a file.
pub(super) fn open(mut file: Vec<u8>, passphrase: &Passphrase) -> Result<Vec<u8>, OpenError> {
    if file.len() < HEADER_BYTES {
        return Err(OpenError::Truncated);
    }
    let mut contents = file.split_off(HEADER_BYTES);
    let (salt, nonce) = file[MAGIC.len()..].split_at(SALT_BYTES);
    let salt: &[u8; SALT_BYTES] = salt.try_into().map_err(|_| OpenError::Truncated)?;
    let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| OpenError::Truncated)?;
    cipher(passphrase, salt)
        .decrypt_in_place(&XNonce::from(nonce), &file, &mut contents)
        .map_err(|_| OpenError::Passphrase)?;
    Ok(contents)
}

fn cipher(passphrase: &Passphrase, salt: &[u8; SALT_BYTES]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&*passphrase.key(salt)).into())
}

#[cfg(test)]
mod tests {
    use hedgerow_testkit::SeededRandom;

    use super::*;

    #[test]
    fn only_the_passphrase_opens_a_file() {
        let right = Passphrase::enter("k7qm-2fxd-9hzt-b3wn-p8cs");
        let contents = b"Minutes of a meeting".to_vec();
        let sealed = seal(contents.clone(), &right, &SeededRandom::new(1));
        assert!(is_sealed(&sealed));
        assert!(!sealed.windows(7).any(|part| part == b"Minutes"));
        assert_eq!(open(sealed.clone(), &right).unwrap(), contents);
        let other = Passphrase::enter("k7qm-2fxd-9hzt-b3wn-p8ct");
        assert_eq!(open(sealed.clone(), &other), Err(OpenError::Passphrase));
        // The salt, the nonce and the text are all covered.
        for at in [20, 40, HEADER_BYTES, sealed.len() - 1] {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(open(altered, &right), Err(OpenError::Passphrase), "{at}");
        }
        let short = sealed[..HEADER_BYTES - 1].to_vec();
        assert_eq!(open(short, &right), Err(OpenError::Truncated));
        let empty = sealed[..HEADER_BYTES].to_vec();
        assert_eq!(open(empty, &right), Err(OpenError::Passphrase));
    }

    #[test]
    fn equal_contents_give_different_files() {
        let passphrase = Passphrase::enter("k7qm-2fxd-9hzt-b3wn-p8cs");
        let random = SeededRandom::new(1);
        let [one, two] = [0, 1].map(|_| seal(b"same".to_vec(), &passphrase, &random));
        assert_ne!(one[MAGIC.len()..], two[MAGIC.len()..]);
    }
}
