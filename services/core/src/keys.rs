//! Signing and encryption keys, and the strict rule for valid signatures.
//!
//! Ed25519 (RFC 8032) with `s < L`, canonical encodings of A and R, neither of small order, and the
//! cofactorless equation. Lax verifiers differ on such inputs; with this rule every build accepts
//! exactly the same signatures.

use std::fmt;

use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::montgomery::MontgomeryPoint;
use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::Signer;
use zeroize::Zeroizing;

/// The reason why bytes are not a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The length is not 32 bytes.
    #[error("the public key is invalid: expected 32 bytes")]
    Length,
    /// The bytes are not a point of the curve.
    #[error("the public key is invalid: expected a point of the curve")]
    NotAPoint,
    /// A second encoding of a point.
    #[error("the public key is invalid: expected the canonical encoding of its point")]
    NonCanonical,
    /// A point of small order, under which one signature can verify for many messages.
    #[error("the public key is invalid: expected a point that is not of small order")]
    SmallOrder,
}

impl KeyError {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Length => "key_length",
            Self::NotAPoint => "key_not_a_point",
            Self::NonCanonical => "key_non_canonical",
            Self::SmallOrder => "key_small_order",
        }
    }
}

/// The reason why a signature is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The length is not 64 bytes.
    #[error("the signature is invalid: expected 64 bytes")]
    Length,
    /// `s` is not below the order of the group.
    #[error("the signature is invalid: its scalar is out of range")]
    ScalarOutOfRange,
    /// R is not on the curve.
    #[error("the signature is invalid: its point is not on the curve")]
    NotAPoint,
    /// R is a second encoding of its point.
    #[error("the signature is invalid: its point is not in canonical form")]
    NonCanonical,
    /// R is of small order.
    #[error("the signature is invalid: its point is of small order")]
    SmallOrder,
    /// The equation fails: the signature is by another key, or over other bytes.
    #[error("the signature does not match")]
    Mismatch,
}

impl SignatureError {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Length => "signature_length",
            Self::ScalarOutOfRange => "signature_scalar_out_of_range",
            Self::NotAPoint => "signature_not_a_point",
            Self::NonCanonical => "signature_non_canonical",
            Self::SmallOrder => "signature_small_order",
            Self::Mismatch => "signature_mismatch",
        }
    }
}

/// An Ed25519 key pair. Wiped from memory when dropped; `Debug` shows the public half only.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// Derives the pair from a 32-byte seed, which RFC 8032 calls the private key.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&Zeroizing::new(seed)))
    }

    /// The seed. It is secret: only for the owner's own storage.
    #[must_use]
    pub fn seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The public half, which key logs announce.
    #[must_use]
    pub fn public(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }

    /// Signs a message. The same message always gives the same signature.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(of {:?})", self.public())
    }
}

/// An Ed25519 public key that satisfies the strict rule.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl VerifyingKey {
    /// Parses the canonical encoding of a point that is not of small order, and nothing else.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_| KeyError::Length)?;
        let encoded = CompressedEdwardsY(*bytes);
        let point = encoded.decompress().ok_or(KeyError::NotAPoint)?;
        if point.compress() != encoded {
            return Err(KeyError::NonCanonical);
        }
        if point.is_small_order() {
            return Err(KeyError::SmallOrder);
        }
        ed25519_dalek::VerifyingKey::from_bytes(bytes)
            .map(Self)
            .map_err(|_| KeyError::NotAPoint)
    }

    /// The point's canonical encoding.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Verifies a signature by the strict rule.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        let signature: &[u8; 64] = signature.try_into().map_err(|_| SignatureError::Length)?;
        // Each part of the rule is checked on its own, so that the error names the part.
        let parsed = ed25519_dalek::Signature::from_bytes(signature);
        if Scalar::from_canonical_bytes(*parsed.s_bytes())
            .is_none()
            .into()
        {
            return Err(SignatureError::ScalarOutOfRange);
        }
        let encoded = CompressedEdwardsY(*parsed.r_bytes());
        let point = encoded.decompress().ok_or(SignatureError::NotAPoint)?;
        if point.compress() != encoded {
            return Err(SignatureError::NonCanonical);
        }
        if point.is_small_order() {
            return Err(SignatureError::SmallOrder);
        }
        self.0
            .verify_strict(message, &parsed)
            .map_err(|_| SignatureError::Mismatch)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", hex::encode(self.as_bytes()))
    }
}

/// Checks that an X25519 public key is not of small order: every secret would share the same,
/// all-zero key with it. The highest bit is ignored and the rest is taken modulo 2^255 − 19, as in
/// RFC 7748.
pub fn check_encryption_key(key: &[u8; 32]) -> Result<(), KeyError> {
    // Eight times a point is zero for exactly the points of small order: the curve's cofactor is
    // 8, its twist's 4. A product with a whole scalar would take as long as a signature.
    let eight = [true, false, false, false];
    let product = MontgomeryPoint(*key).mul_bits_be(eight.into_iter());
    if product.to_bytes() == [0; 32] {
        Err(KeyError::SmallOrder)
    } else {
        Ok(())
    }
}

/// An X25519 secret (RFC 7748) that opens sealed messages. Wiped from memory when dropped.
#[derive(Clone)]
pub struct EncryptionSecret(Zeroizing<[u8; 32]>);

impl EncryptionSecret {
    /// Makes the secret from 32 random bytes.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(Zeroizing::new(seed))
    }

    /// The seed. It is secret: only for the owner's own storage.
    #[must_use]
    pub fn seed(&self) -> &[u8; 32] {
        &self.0
    }

    /// The public half, which the key log announces.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        MontgomeryPoint::mul_base_clamped(*self.0).to_bytes()
    }
}

impl fmt::Debug for EncryptionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncryptionSecret(of {})", hex::encode(self.public()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn a_key_verifies_only_its_own_signatures(seed: [u8; 32], message: Vec<u8>, flip in 0usize..512) {
            let key = SigningKey::from_seed(seed);
            let mut signature = key.sign(&message);
            prop_assert_eq!(key.public().verify(&message, &signature), Ok(()));
            prop_assert_eq!(VerifyingKey::parse(key.public().as_bytes()), Ok(key.public()));
            signature[flip / 8] ^= 1 << (flip % 8);
            prop_assert!(key.public().verify(&message, &signature).is_err());
        }
    }

    #[test]
    fn the_public_half_of_an_encryption_secret_is_that_of_rfc_7748() {
        // Alice's key pair in section 6.1.
        let mut secret = [0; 32];
        hex::decode_to_slice(
            "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
            &mut secret,
        )
        .unwrap();
        assert_eq!(
            hex::encode(EncryptionSecret::from_seed(secret).public()),
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
        );
    }

    #[test]
    fn an_encryption_key_of_small_order_is_refused() {
        let hex = |text: &str| {
            let mut key = [0; 32];
            hex::decode_to_slice(text, &mut key).unwrap();
            key
        };
        // 0, 1, p - 1, and the two points of order 8, as in RFC 7748's list of bad public keys;
        // then p and p + 1, which are 0 and 1 in another encoding.
        for text in [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ] {
            let mut key = hex(text);
            assert_eq!(
                check_encryption_key(&key),
                Err(KeyError::SmallOrder),
                "{text}"
            );
            key[31] |= 0x80;
            assert_eq!(
                check_encryption_key(&key),
                Err(KeyError::SmallOrder),
                "{text}"
            );
        }
        for good in [
            [9; 32],
            [0xe0; 32],
            EncryptionSecret::from_seed([1; 32]).public(),
        ] {
            assert_eq!(check_encryption_key(&good), Ok(()));
        }
    }

    #[test]
    fn debug_output_hides_secrets() {
        let shown = format!("{:?}", SigningKey::from_seed([7; 32]));
        assert!(!shown.contains(&hex::encode([7; 32])), "{shown}");
        let shown = format!("{:?}", EncryptionSecret::from_seed([9; 32]));
        assert!(!shown.contains(&hex::encode([9; 32])), "{shown}");
    }
}
