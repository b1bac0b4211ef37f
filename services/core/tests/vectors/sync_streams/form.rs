//! The form of a vector, and the receiver that reads it.

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::sync::{ReceiverState, SyncError, SyncLimits, SyncReader, SyncStep};
use hedgerow_core::tree::Manifest;
use hedgerow_proto::feed_v1;
use prost::Message;
use serde::{Deserialize, Serialize};

use super::super::file::{unhex, verdict};
use super::super::trees::PlainLeaf;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Vector {
    pub(super) name: String,
    /// The receiver's data before the stream; absent if it does not know the group.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) held: Option<Held>,
    /// Encoded `hedgerow.feed.v1.SyncItem`s.
    pub(super) items: Vec<String>,
    pub(super) verdict: String,
    /// The hash of the newest key event that is verified after the stream, even if it was refused.
    pub(super) key_log_tip: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) result: Option<Good>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Held {
    pub(super) key_log: Vec<String>,
    /// Empty without a head.
    pub(super) head: String,
    pub(super) leaves: Vec<PlainLeaf>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Good {
    /// The hash of the head in the stream; empty without one.
    pub(super) head_hash: String,
    /// The root and count of the leaves after the stream.
    pub(super) root: String,
    pub(super) count: u32,
    /// The hashes of the records that came, and of those that the sender does not have.
    pub(super) bodies: Vec<String>,
    pub(super) missing: Vec<String>,
    pub(super) new_key_events: bool,
}

pub(super) struct Outcome {
    pub(super) verdict: String,
    pub(super) key_log_tip: String,
    pub(super) result: Option<Good>,
}

pub(super) fn read(held: Option<&Held>, items: &[String]) -> Outcome {
    let held = held.map(|held| {
        let key_log = KeyLog::verify(held.key_log.iter().map(|one| unhex(one))).unwrap();
        let head = (!held.head.is_empty())
            .then(|| VerifiedHead::verify_past(&unhex(&held.head), &key_log).unwrap());
        let leaves = held.leaves.iter().map(PlainLeaf::parse).collect();
        let manifest = Manifest::from_sorted(leaves).unwrap();
        ReceiverState {
            key_log,
            head,
            manifest,
        }
    });
    let mut reader = SyncReader::new(SyncLimits::default(), held, None);
    let (mut bodies, mut missing) = (Vec::new(), Vec::new());
    let mut refused = None;
    for item in items {
        match reader.accept(feed_v1::SyncItem::decode(unhex(item).as_slice()).unwrap()) {
            Ok(SyncStep::Body { hash, .. }) => bodies.push(hash.to_string()),
            Ok(SyncStep::MissingRecord(hash)) => missing.push(hash.to_string()),
            Ok(_) => {}
            Err(error) => {
                refused = Some(error);
                break;
            }
        }
    }
    let key_log_tip = reader
        .key_log()
        .map(|log| log.tip_hash().to_string())
        .unwrap_or_default();
    let transfer = refused.map_or_else(|| reader.finish(), Err);
    Outcome {
        verdict: verdict(&transfer, SyncError::reason),
        key_log_tip,
        result: transfer.ok().map(|transfer| Good {
            head_hash: transfer
                .head
                .map(|head| head.hash().to_string())
                .unwrap_or_default(),
            root: transfer.manifest.root().to_string(),
            count: transfer.manifest.count(),
            bodies,
            missing,
            new_key_events: transfer.new_key_events,
        }),
    }
}

pub(super) fn vector(
    name: &str,
    held: Option<&Held>,
    items: &[feed_v1::SyncItem],
    verdict: &str,
) -> Vector {
    let items: Vec<_> = items
        .iter()
        .map(|item| hex::encode(item.encode_to_vec()))
        .collect();
    let Outcome {
        key_log_tip,
        result,
        ..
    } = read(held, &items);
    Vector {
        name: name.to_owned(),
        held: held.cloned(),
        items,
        verdict: verdict.to_owned(),
        key_log_tip,
        result,
    }
}
