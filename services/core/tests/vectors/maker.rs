//! The common inputs of the vectors: one phrase, its keys, and a group with a few records.

use std::sync::LazyLock;
use std::time::Duration;

use hedgerow_core::envelope::PayloadKind;
use hedgerow_core::head::{HeadDraft, Indexing, Seq, VerifiedHead};
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::keys::SigningKey;
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::phrase::Phrase;
use hedgerow_core::record::NewRecord;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::{Leaf, Manifest};
use hedgerow_core::{envelope, key_log};
use hedgerow_proto::v1;
use prost::Message;

pub const ISSUED: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// Cached, because deriving a phrase's seed is deliberately slow.
pub fn phrase() -> &'static Phrase {
    static PHRASE: LazyLock<Phrase> = LazyLock::new(|| Phrase::from_entropy([0x42; 16]));
    &PHRASE
}

pub fn signing(index: u8) -> SigningKey {
    SigningKey::from_seed([0xa0 + index; 32])
}

/// The key log of [`phrase`]'s group after some rotations.
pub fn log(rotations: u8) -> KeyLog {
    let phrase = phrase();
    let first = key_log::incept(&signing(0), [0xe0; 32], phrase.commitment(1), [0x10; 16]);
    let mut log = KeyLog::start(&first).unwrap();
    for index in 1..=rotations {
        let event = rotation(&log, phrase, index, &[]);
        log.append(&event).unwrap();
    }
    log
}

/// The next rotation of a log, to signing key `key`.
pub fn rotation(log: &KeyLog, phrase: &Phrase, key: u8, aside: &[&KeyLog]) -> Vec<u8> {
    let next = log.tip_index() + 1;
    let tips: Vec<_> = aside.iter().map(|rival| rival.tip_hash()).collect();
    log.rotate_setting_aside(
        &phrase.recovery_key(next),
        &signing(key).public(),
        [0xe0 + key; 32],
        phrase.commitment(next + 1),
        &tips,
    )
    .unwrap()
}

pub fn name(key: &str) -> RecordName {
    RecordName::parse("event", key).unwrap()
}

pub fn record(log: &KeyLog, name: &RecordName, body: &[u8]) -> Vec<u8> {
    NewRecord {
        group_id: log.group_id(),
        name: name.clone(),
        nonce: [0x33; 16],
        create_time: Timestamp::from_seconds(1_790_000_000),
        update_time: Timestamp::from_millis(1_795_000_000_250),
        language: "en-GB".to_owned(),
        body: body.to_vec(),
        subject: None,
    }
    .encode()
}

/// A manifest of `count` events, `key-00`, `key-02`, `key-04`, …
pub fn manifest(log: &KeyLog, count: u32) -> Manifest {
    let leaf = |number| {
        let name = name(&format!("key-{:02}", number * 2));
        Leaf::new(name.clone(), &record(log, &name, &[1]))
    };
    Manifest::new((0..count).map(leaf).collect()).unwrap()
}

/// The first head under the log's tip, over `count` events.
pub fn draft(log: &KeyLog, count: u32) -> HeadDraft {
    let manifest = manifest(log, count);
    HeadDraft {
        group_id: log.group_id(),
        view: View::public(),
        key_index: log.tip_index(),
        key_event_hash: log.tip_hash(),
        seq: Seq::FIRST,
        root: manifest.root(),
        count: manifest.count(),
        previous: None,
        issue_time: ISSUED,
        expire_time: ISSUED.plus(Duration::from_secs(28 * 24 * 3600)),
        endpoint: None,
        indexing: Indexing::Anyone,
    }
}

pub fn tip_key(log: &KeyLog) -> SigningKey {
    signing(u8::try_from(log.tip_index()).unwrap())
}

pub fn head(log: &KeyLog, draft: &HeadDraft) -> VerifiedHead {
    VerifiedHead::verify(&draft.sign(&tip_key(log)), log).unwrap()
}

/// A payload with a change, signed again.
pub fn altered<M: Message + Default>(
    kind: PayloadKind,
    payload: &[u8],
    key: &SigningKey,
    change: impl FnOnce(&mut M),
) -> Vec<u8> {
    let mut message = M::decode(payload).unwrap();
    change(&mut message);
    envelope::sign(kind, &message.encode_to_vec(), key)
}

/// An envelope with a change, not signed again.
pub fn meddled(envelope: &[u8], change: impl FnOnce(&mut v1::Envelope)) -> Vec<u8> {
    let mut message = v1::Envelope::decode(envelope).unwrap();
    change(&mut message);
    message.encode_to_vec()
}
