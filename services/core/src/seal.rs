//! Sealed messages: what only the holder of a group's encryption key can read.
//!
//! HPKE (RFC 9180) in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-128-GCM, which
//! browsers have built in. `info` names the type, sender, receiver and id, so that a message cannot
//! be moved to another place. Contents are padded to one of three sizes.

use std::convert::Infallible;

use hedgerow_proto::v1;
use hpke::aead::AesGcm128;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use prost::Message as _;
use zeroize::Zeroizing;

use crate::id::{GroupId, RequestId};
use crate::keys::{EncryptionSecret, check_encryption_key};
use crate::random::Random;

/// The lengths that padded contents have. Most messages fit the first; the last has room for the
/// longest of a contact form in any script.
pub const PADDED_BYTES: [usize; 3] = [1_024, 4_096, 16_384];

/// The encapsulated key before the ciphertext, and the tag after it.
const OVERHEAD_BYTES: usize = ENCAPSULATED_BYTES + 16;
const ENCAPSULATED_BYTES: usize = 32;
/// The length of the contents, before them.
const LENGTH_BYTES: usize = 4;

/// The most bytes of contents.
pub const MAX_CONTENT_BYTES: usize = PADDED_BYTES[PADDED_BYTES.len() - 1] - LENGTH_BYTES;

/// The reason why a message cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// No length of a sealed message.
    #[error(
        "the sealed message is invalid: expected {}, {} or {} bytes",
        PADDED_BYTES[0] + OVERHEAD_BYTES,
        PADDED_BYTES[1] + OVERHEAD_BYTES,
        PADDED_BYTES[2] + OVERHEAD_BYTES
    )]
    Length,
    /// More than fits the largest size.
    #[error("the message is too long to be sealed: expected at most {MAX_CONTENT_BYTES} bytes")]
    TooLong,
    /// The receiver's key, or the one in the message, is not one of X25519.
    #[error("cannot seal a message: the encryption key is invalid")]
    Key,
    /// Sealed to another key or for another place, or altered.
    #[error("the sealed message cannot be opened with this key")]
    Unopened,
    /// It was opened, and its padding or contents are invalid.
    #[error("the sealed message has invalid contents")]
    Content,
}

impl SealError {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Length => "sealed_length",
            Self::TooLong => "sealed_too_long",
            Self::Key => "sealed_key",
            Self::Unopened => "sealed_unopened",
            Self::Content => "sealed_content",
        }
    }
}

/// What is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SealedKind {
    /// A `ContactMessage`, from a visitor.
    ContactMessage,
}

impl SealedKind {
    /// The type of the contents, as `info` begins with it.
    #[must_use]
    pub fn payload_type(self) -> &'static str {
        match self {
            Self::ContactMessage => "application/vnd.hedgerow.contact-message.v1+protobuf",
        }
    }
}

/// What a sealed message belongs to. A message that was sealed for one cannot be opened as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedFor {
    /// The type of the contents.
    pub kind: SealedKind,
    /// The group that sends it. A visitor has no id.
    pub sender: Option<GroupId>,
    /// The group to whose key it is sealed.
    pub receiver: GroupId,
    /// The message's own id.
    pub id: RequestId,
}

impl SealedFor {
    /// The type, the sender's id (none for a visitor), the receiver's, and the message's.
    fn info(&self) -> Vec<u8> {
        let mut info = self.kind.payload_type().as_bytes().to_vec();
        if let Some(sender) = &self.sender {
            info.extend_from_slice(sender.as_bytes());
        }
        info.extend_from_slice(self.receiver.as_bytes());
        info.extend_from_slice(self.id.as_bytes());
        info
    }

    /// Seals contents to the receiver's encryption key. Returns the encapsulated key and the
    /// ciphertext.
    ///
    /// # Errors
    /// For contents that are too long, and for a key of small order.
    pub fn seal(
        &self,
        encryption_public: &[u8; 32],
        content: &[u8],
        random: &dyn Random,
    ) -> Result<Vec<u8>, SealError> {
        check_encryption_key(encryption_public).map_err(|_| SealError::Key)?;
        seal_base(encryption_public, &self.info(), b"", &pad(content)?, random)
    }

    /// Opens what was sealed for this place, with the secret of the key that it was sealed to.
    ///
    /// # Errors
    /// [`SealError::Unopened`] for another key or place, and for altered bytes.
    pub fn open(
        &self,
        secret: &EncryptionSecret,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        check_length(sealed.len())?;
        let mut padded = open_base(secret, &self.info(), b"", sealed)?;
        let length = content_length(&padded).ok_or(SealError::Content)?;
        padded.truncate(LENGTH_BYTES + length);
        padded.drain(..LENGTH_BYTES);
        Ok(padded)
    }
}

/// Checks that a sealed message has one of the three lengths. Its holder can check no more.
///
/// # Errors
/// [`SealError::Length`].
pub fn check_length(bytes: usize) -> Result<(), SealError> {
    let is_size = |padded: &usize| padded + OVERHEAD_BYTES == bytes;
    if PADDED_BYTES.iter().any(is_size) {
        Ok(())
    } else {
        Err(SealError::Length)
    }
}

/// The length in four bytes, the contents, and zeros.
fn pad(content: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let length = u32::try_from(content.len()).map_err(|_| SealError::TooLong)?;
    let fits = |padded: &&usize| content.len() + LENGTH_BYTES <= **padded;
    let padded = PADDED_BYTES.iter().find(fits).ok_or(SealError::TooLong)?;
    // With its whole capacity from the start: growing would leave a copy in freed memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(*padded));
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(content);
    bytes.resize(*padded, 0);
    Ok(bytes)
}

/// The length of padded contents. `None` if the rest is not zeros, or if a smaller size had fitted:
/// one content has one form.
fn content_length(padded: &[u8]) -> Option<usize> {
    let (length, rest) = padded.split_first_chunk::<LENGTH_BYTES>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (_, padding) = rest.split_at_checked(length)?;
    let smallest = PADDED_BYTES
        .iter()
        .find(|size| length + LENGTH_BYTES <= **size)?;
    (*smallest == padded.len() && padding.iter().all(|byte| *byte == 0)).then_some(length)
}

fn seal_base(
    public: &[u8; 32],
    info: &[u8],
    associated: &[u8],
    plaintext: &[u8],
    random: &dyn Random,
) -> Result<Vec<u8>, SealError> {
    let public = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(public);
    let (encapsulated, ciphertext) =
        hpke::single_shot_seal_with_rng::<AesGcm128, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &public.map_err(|_| SealError::Key)?,
            info,
            plaintext,
            associated,
            &mut Source(random),
        )
        .map_err(|_| SealError::Key)?;
    Ok([encapsulated.to_bytes().as_slice(), &ciphertext].concat())
}

fn open_base(
    secret: &EncryptionSecret,
    info: &[u8],
    associated: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let unopened = |_| SealError::Unopened;
    let (encapsulated, ciphertext) = sealed
        .split_at_checked(ENCAPSULATED_BYTES)
        .ok_or(SealError::Length)?;
    let secret = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(secret.seed());
    let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated);
    let opened = hpke::single_shot_open::<AesGcm128, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &secret.map_err(unopened)?,
        &encapsulated.map_err(unopened)?,
        info,
        ciphertext,
        associated,
    );
    opened.map(Zeroizing::new).map_err(unopened)
}

/// The caller's randomness, as the library takes it.
struct Source<'a>(&'a dyn Random);

impl TryRng for Source<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Source<'_> {}

/// Characters of a visitor's message. A form may allow fewer.
pub const MAX_TEXT_CHARS: usize = 2_000;
/// Characters of how to answer it.
pub const MAX_REPLY_CHARS: usize = 200;

/// What a visitor wrote to a group. `Debug` shows none of it: it must be in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactMessage {
    /// The words.
    pub text: Zeroizing<String>,
    /// How to answer; empty if the visitor wants no answer.
    pub reply: Zeroizing<String>,
}

impl std::fmt::Debug for ContactMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContactMessage").finish_non_exhaustive()
    }
}

impl ContactMessage {
    /// The contents to seal.
    #[must_use]
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut message = v1::ContactMessage {
            text: self.text.to_string(),
            reply: self.reply.to_string(),
        };
        let bytes = Zeroizing::new(message.encode_to_vec());
        wipe(&mut message);
        bytes
    }

    /// Reads opened contents.
    ///
    /// # Errors
    /// [`SealError::Content`] for other bytes, an empty text, and texts over the limits.
    pub fn decode(content: &[u8]) -> Result<Self, SealError> {
        let message = v1::ContactMessage::decode(content).map_err(|_| SealError::Content)?;
        let read = Self {
            text: Zeroizing::new(message.text),
            reply: Zeroizing::new(message.reply),
        };
        let is_bounded = read.text.chars().count() <= MAX_TEXT_CHARS
            && read.reply.chars().count() <= MAX_REPLY_CHARS;
        if read.text.is_empty() || !is_bounded {
            return Err(SealError::Content);
        }
        Ok(read)
    }
}

fn wipe(message: &mut v1::ContactMessage) {
    drop(Zeroizing::new(std::mem::take(&mut message.text)));
    drop(Zeroizing::new(std::mem::take(&mut message.reply)));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn place(id: u8) -> SealedFor {
        SealedFor {
            kind: SealedKind::ContactMessage,
            sender: None,
            receiver: GroupId::from_bytes([3; 32]),
            id: RequestId::from_bytes([id; 16]),
        }
    }

    /// Gives these bytes, again and again.
    struct Given(Vec<u8>);

    impl Random for Given {
        fn fill(&self, bytes: &mut [u8]) {
            bytes
                .iter_mut()
                .zip(self.0.iter().cycle())
                .for_each(|(byte, given)| *byte = *given);
        }
    }

    fn unhex(text: &str) -> Vec<u8> {
        hex::decode(text).unwrap()
    }

    #[test]
    fn sealing_is_that_of_rfc_9180() {
        // A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode, sequence number 0.
        let info = unhex("4f6465206f6e2061204772656369616e2055726e");
        let associated = unhex("436f756e742d30");
        let plaintext = unhex("4265617574792069732074727574682c20747275746820626561757479");
        let ephemeral = unhex("7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234");
        let public = unhex("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d");
        let secret = unhex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8");
        let expected = unhex(concat!(
            "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
            "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a9",
            "6d8770ac83d07bea87e13c512a"
        ));
        let public: [u8; 32] = public.try_into().unwrap();
        let sealed = seal_base(&public, &info, &associated, &plaintext, &Given(ephemeral));
        assert_eq!(hex::encode(sealed.unwrap()), hex::encode(&expected));
        let secret = EncryptionSecret::from_seed(secret.try_into().unwrap());
        assert_eq!(secret.public(), public);
        let opened = open_base(&secret, &info, &associated, &expected).unwrap();
        assert_eq!(*opened, plaintext);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn contents_of_any_length_return_unchanged(
            content in proptest::collection::vec(any::<u8>(), 0..5_000),
            seed: u64,
        ) {
            let random = Given(seed.to_be_bytes().to_vec());
            let secret = EncryptionSecret::from_seed([7; 32]);
            let sealed = place(1).seal(&secret.public(), &content, &random)?;
            prop_assert_eq!(check_length(sealed.len()), Ok(()));
            let opened = place(1).open(&secret, &sealed)?;
            prop_assert_eq!(opened.as_slice(), content.as_slice());
        }

        #[test]
        fn hostile_bytes_never_panic(bytes: Vec<u8>) {
            let _ = place(1).open(&EncryptionSecret::from_seed([7; 32]), &bytes);
            let _ = content_length(&bytes);
            let _ = ContactMessage::decode(&bytes);
        }
    }

    #[test]
    fn a_message_is_opened_by_its_key_in_its_place_only() {
        let random = Given(vec![1]);
        let secret = EncryptionSecret::from_seed([7; 32]);
        let sealed = place(1).seal(&secret.public(), b"words", &random).unwrap();
        assert_eq!(
            place(1).open(&secret, &sealed).unwrap().as_slice(),
            b"words"
        );
        let other = EncryptionSecret::from_seed([8; 32]);
        assert_eq!(place(1).open(&other, &sealed), Err(SealError::Unopened));
        let places = [
            place(2),
            SealedFor {
                receiver: GroupId::from_bytes([4; 32]),
                ..place(1)
            },
            SealedFor {
                sender: Some(GroupId::from_bytes([5; 32])),
                ..place(1)
            },
        ];
        for elsewhere in places {
            assert_eq!(elsewhere.open(&secret, &sealed), Err(SealError::Unopened));
        }
        for at in [0, 31, 32, 500, sealed.len() - 1] {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(place(1).open(&secret, &altered), Err(SealError::Unopened));
        }
    }

    #[test]
    fn lengths_show_one_of_three_sizes_only() {
        let random = Given(vec![1]);
        let public = EncryptionSecret::from_seed([7; 32]).public();
        let length = |bytes: usize| {
            let sealed = place(1).seal(&public, &vec![1; bytes], &random);
            sealed.map(|sealed| sealed.len())
        };
        assert_eq!(length(0), Ok(1_072));
        assert_eq!(length(1_020), Ok(1_072));
        assert_eq!(length(1_021), Ok(4_144));
        assert_eq!(length(4_093), Ok(16_432));
        assert_eq!(length(MAX_CONTENT_BYTES), Ok(16_432));
        assert_eq!(length(MAX_CONTENT_BYTES + 1), Err(SealError::TooLong));
        assert_eq!(check_length(1_071), Err(SealError::Length));
        // The longest text that a form takes, in the widest characters.
        let longest = ContactMessage {
            text: "\u{10348}".repeat(MAX_TEXT_CHARS).into(),
            reply: "\u{10348}".repeat(MAX_REPLY_CHARS).into(),
        };
        assert!(longest.encode().len() <= MAX_CONTENT_BYTES);
        assert_eq!(ContactMessage::decode(&longest.encode()), Ok(longest));
    }

    #[test]
    fn other_padding_is_refused() {
        let sealed = |padded: &[u8]| {
            let secret = EncryptionSecret::from_seed([7; 32]);
            let random = Given(vec![1]);
            let sealed = seal_base(&secret.public(), &place(1).info(), b"", padded, &random);
            place(1).open(&secret, &sealed.unwrap())
        };
        let good = pad(b"words").unwrap();
        assert!(sealed(&good).is_ok());
        let mut not_zero = good.to_vec();
        not_zero[1_023] = 1;
        assert_eq!(sealed(&not_zero), Err(SealError::Content));
        let mut beyond = good.to_vec();
        beyond[..4].copy_from_slice(&1_021_u32.to_be_bytes());
        assert_eq!(sealed(&beyond), Err(SealError::Content));
        let mut larger = good.to_vec();
        larger.resize(4_096, 0);
        assert_eq!(sealed(&larger), Err(SealError::Content));
    }

    #[test]
    fn nothing_is_sealed_to_a_key_of_small_order() {
        let sealed = place(1).seal(&[0; 32], b"words", &Given(vec![1]));
        assert_eq!(sealed, Err(SealError::Key));
    }

    #[test]
    fn debug_output_hides_the_words() {
        let message = ContactMessage {
            text: "marker".to_owned().into(),
            reply: "marker".to_owned().into(),
        };
        assert!(!format!("{message:?}").contains("marker"));
    }
}
