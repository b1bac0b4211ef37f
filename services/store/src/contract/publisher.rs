//! A group that publishes in the test's process, with core's own code.

use std::time::Duration;

use hedgerow_core::head::HeadDraft;
use hedgerow_core::head::Indexing;
use hedgerow_core::head::Seq;
use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::key_log::incept;
use hedgerow_core::keys::SigningKey;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::record::NewRecord;
use hedgerow_core::sync::SyncPlan;
use hedgerow_core::sync::body_item;
use hedgerow_core::sync::end_item;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;
use hedgerow_core::tree::Manifest;
use hedgerow_proto::feed_v1;
use hedgerow_proto::v1;

#[derive(Clone)]
pub struct Publisher {
    number: u8,
    pub signing: SigningKey,
    pub log: KeyLog,
    pub records: Vec<Vec<u8>>,
    pub seq: Seq,
    pub previous: Option<PayloadHash>,
    pub now: Timestamp,
    pub indexing: Indexing,
}

impl Publisher {
    pub fn new(number: u8, now: Timestamp) -> Self {
        let phrase = Phrase::from_entropy([number; 16]);
        let signing = SigningKey::from_seed([number; 32]);
        let first = incept(&signing, [9; 32], phrase.commitment(1), [number; 16]);
        Self {
            log: KeyLog::verify([&first]).unwrap(),
            number,
            signing,
            records: Vec::new(),
            seq: Seq::FIRST,
            previous: None,
            now,
            indexing: Indexing::Anyone,
        }
    }

    pub fn phrase(&self) -> Phrase {
        Phrase::from_entropy([self.number; 16])
    }

    pub fn id(&self) -> GroupId {
        self.log.group_id()
    }

    /// Adds a record of a kind that no build knows, so that every body is valid.
    pub fn add(&mut self, key: &str, body: &[u8]) -> Vec<u8> {
        let bytes = record(self.id(), "future-kind", key, body);
        self.records.push(bytes.clone());
        bytes
    }

    pub fn take_back(&mut self, record: &[u8]) {
        self.records.retain(|held| held != record);
    }

    pub fn manifest(&self) -> Manifest {
        Manifest::new(self.records.iter().map(|record| leaf(record)).collect()).unwrap()
    }

    /// Signs a head over the records. The next head has the next seq.
    pub fn sign(&mut self) -> Vec<u8> {
        let envelope = self.draft().sign(&self.signing);
        self.previous = Some(self.verified(&envelope).hash());
        self.seq = self.seq.next().unwrap();
        envelope
    }

    pub fn draft(&self) -> HeadDraft {
        let manifest = self.manifest();
        HeadDraft {
            group_id: self.id(),
            view: View::public(),
            key_index: self.log.tip_index(),
            key_event_hash: self.log.tip_hash(),
            seq: self.seq,
            root: manifest.root(),
            count: manifest.count(),
            previous: self.previous,
            issue_time: self.now,
            expire_time: self.now.plus(Duration::from_secs(28 * 24 * 60 * 60)),
            endpoint: None,
            indexing: self.indexing.clone(),
        }
    }

    pub fn verified(&self, envelope: &[u8]) -> VerifiedHead {
        VerifiedHead::verify_past(envelope, &self.log).unwrap()
    }

    /// The complete transfer to a head over the current records.
    pub fn whole(&self, head: &[u8]) -> Vec<feed_v1::SyncItem> {
        let bodies = self.records.clone();
        items(&self.log, Some(head), None, &self.manifest(), &bodies)
    }

    /// Replaces the signing key with the recovery key, after which seq starts again.
    pub fn rotate(&mut self) {
        let index = self.log.tip_index() + 1;
        let recovery = self.phrase().recovery_key(index);
        self.signing = SigningKey::from_seed([self.signing.seed()[0].wrapping_add(100); 32]);
        let event = self
            .log
            .rotate(
                &recovery,
                &self.signing.public(),
                [8; 32],
                self.phrase().commitment(index + 1),
            )
            .unwrap();
        self.log.append(&event).unwrap();
        self.seq = Seq::FIRST;
        self.previous = None;
    }

    pub fn deactivate(&mut self) {
        let recovery = self.phrase().recovery_key(self.log.tip_index() + 1);
        let event = self.log.deactivate(&recovery).unwrap();
        self.log.append(&event).unwrap();
    }
}

/// The items of a transfer: the complete manifest, or the difference from `from`.
pub fn items(
    log: &KeyLog,
    head: Option<&[u8]>,
    from: Option<(&Manifest, PayloadHash)>,
    manifest: &Manifest,
    bodies: &[Vec<u8>],
) -> Vec<feed_v1::SyncItem> {
    let (removals, leaves) = match from {
        Some((from, _)) => {
            let difference = Manifest::difference(from, manifest);
            (difference.removals, difference.puts)
        }
        None => (Vec::new(), manifest.leaves().to_vec()),
    };
    let plan = SyncPlan {
        key_events: log.envelopes(),
        head: head.map(<[u8]>::to_vec),
        basis: from.map(|(_, hash)| hash),
        removals,
        leaves,
    };
    let mut items: Vec<_> = plan.into_items().collect();
    items.extend(bodies.iter().cloned().map(body_item));
    items.push(end_item(u32::try_from(bodies.len()).unwrap()));
    items
}

pub fn record(group: GroupId, collection: &str, key: &str, body: &[u8]) -> Vec<u8> {
    NewRecord {
        group_id: group,
        name: RecordName::parse(collection, key).unwrap(),
        nonce: [3; 16],
        create_time: Timestamp::from_seconds(1_790_000_000),
        update_time: Timestamp::from_seconds(1_790_000_000),
        language: "en-GB".to_owned(),
        body: body.to_vec(),
        subject: None,
    }
    .encode()
}

fn leaf(record: &[u8]) -> Leaf {
    use prost::Message;
    let message = v1::Record::decode(record).unwrap();
    let name = RecordName::parse(&message.collection, &message.key).unwrap();
    Leaf::new(name, record)
}
