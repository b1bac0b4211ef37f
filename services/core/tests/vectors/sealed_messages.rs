use hedgerow_core::id::{GroupId, RequestId};
use hedgerow_core::keys::EncryptionSecret;
use hedgerow_core::random::Random;
use hedgerow_core::seal::{ContactMessage, SealError, SealedFor, SealedKind};
use hedgerow_proto::v1;
use prost::Message;
use serde::{Deserialize, Serialize};

use super::file::{check, unhex, verdict};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Vector {
    name: String,
    /// The X25519 secret of the receiver's encryption key.
    secret: String,
    payload_type: String,
    /// Empty for a visitor.
    sender: String,
    receiver: String,
    request_id: String,
    sealed: String,
    verdict: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    reply: Option<String>,
}

const ABOUT: &str = "Sealed messages (HPKE, RFC 9180, base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, \
    AES-128-GCM, no associated data; `info` is type, sender, receiver and request id), opened with the secret of a \
    key. Contents (protobuf hedgerow.v1.ContactMessage) are padded. Order of checks: length, opening, padding, contents.";

/// The randomness of each vector: the same bytes.
struct Same(u8);

impl Random for Same {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

fn secret() -> EncryptionSecret {
    EncryptionSecret::from_seed([0x5e; 32])
}

fn place() -> SealedFor {
    SealedFor {
        kind: SealedKind::ContactMessage,
        sender: None,
        receiver: GroupId::from_bytes([3; 32]),
        id: RequestId::from_bytes([0x77; 16]),
    }
}

fn opened(place: &SealedFor, sealed: &[u8]) -> Result<ContactMessage, SealError> {
    ContactMessage::decode(&place.open(&secret(), sealed)?)
}

fn vector(name: &str, place: SealedFor, sealed: &[u8], verdict: &str) -> Vector {
    let message = opened(&place, sealed).ok();
    let texts = message.map(|message| (message.text.to_string(), message.reply.to_string()));
    let (text, reply) = texts.unzip();
    Vector {
        name: name.to_owned(),
        secret: hex::encode(secret().seed()),
        payload_type: place.kind.payload_type().to_owned(),
        sender: place.sender.map_or_else(String::new, |it| it.to_string()),
        receiver: place.receiver.to_string(),
        request_id: place.id.to_string(),
        sealed: hex::encode(sealed),
        verdict: verdict.to_owned(),
        text,
        reply,
    }
}

fn seal(content: &[u8]) -> Vec<u8> {
    let sealed = place().seal(&secret().public(), content, &Same(0x11));
    sealed.unwrap()
}

fn content(text: &str, reply: &str) -> Vec<u8> {
    let message = v1::ContactMessage {
        text: text.to_owned(),
        reply: reply.to_owned(),
    };
    message.encode_to_vec()
}

fn said(name: &str, text: &str, reply: &str, verdict: &str) -> Vector {
    vector(name, place(), &seal(&content(text, reply)), verdict)
}

fn made() -> Vec<Vector> {
    let good = seal(&content("Can I bring a friend?", "the library desk"));
    let flipped = |at: usize| {
        let mut sealed = good.clone();
        sealed[at] ^= 1;
        sealed
    };
    let from_group = SealedFor {
        sender: Some(GroupId::from_bytes([9; 32])),
        ..place()
    };
    let by_group = from_group.seal(&secret().public(), &content("From us", ""), &Same(0x12));
    let other_id = SealedFor {
        id: RequestId::from_bytes([0x78; 16]),
        ..place()
    };
    vec![
        vector("a message", place(), &good, "ok"),
        said("without a way to answer", "Hello", "", "ok"),
        said("in Welsh, over two lines", "Bore da,\nsut mae?", "", "ok"),
        said("of the middle size", &"word ".repeat(300), "", "ok"),
        said("of the largest size", &"\u{1f33f}".repeat(2_000), "", "ok"),
        vector("from a group", from_group, &by_group.unwrap(), "ok"),
        vector("another id", other_id, &good, "sealed_unopened"),
        vector("another sender", from_group, &good, "sealed_unopened"),
        vector(
            "another encapsulated key",
            place(),
            &flipped(0),
            "sealed_unopened",
        ),
        vector("another byte", place(), &flipped(40), "sealed_unopened"),
        vector(
            "another tag",
            place(),
            &flipped(good.len() - 1),
            "sealed_unopened",
        ),
        vector(
            "an encapsulated key of small order",
            place(),
            &[0; 1_072],
            "sealed_unopened",
        ),
        vector("a byte short", place(), &good[..1_071], "sealed_length"),
        vector("nothing", place(), b"", "sealed_length"),
        said("no words", "", "the library desk", "sealed_content"),
        said("too many words", &"a".repeat(2_001), "", "sealed_content"),
        said(
            "too long a reply",
            "Hello",
            &"a".repeat(201),
            "sealed_content",
        ),
        vector(
            "not protobuf",
            place(),
            &seal(b"\xff\xff"),
            "sealed_content",
        ),
        vector("an empty content", place(), &seal(b""), "sealed_content"),
    ]
}

#[test]
fn sealed_messages_get_the_verdicts_of_the_vectors() {
    check("sealed_messages.json", ABOUT, made(), |vector| {
        let sender = Some(vector.sender.as_str()).filter(|sender| !sender.is_empty());
        let place = SealedFor {
            kind: SealedKind::ContactMessage,
            sender: sender.map(|sender| sender.parse().unwrap()),
            receiver: vector.receiver.parse().unwrap(),
            id: vector.request_id.parse().unwrap(),
        };
        let seed: [u8; 32] = unhex(&vector.secret).try_into().unwrap();
        let message = place
            .open(&EncryptionSecret::from_seed(seed), &unhex(&vector.sealed))
            .and_then(|content| ContactMessage::decode(&content));
        assert_eq!(
            verdict(&message, SealError::reason),
            vector.verdict,
            "{}",
            vector.name
        );
        let message = message.ok();
        let text = message.as_ref().map(|it| it.text.as_str());
        let reply = message.as_ref().map(|it| it.reply.as_str());
        assert_eq!(text, vector.text.as_deref(), "{}", vector.name);
        assert_eq!(reply, vector.reply.as_deref(), "{}", vector.name);
    });
}
