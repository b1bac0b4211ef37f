//! A group for tests: keys, a log and records, all made from one number.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::head::HeadDraft;
use crate::head::Indexing;
use crate::head::MAX_LIFETIME;
use crate::head::Seq;
use crate::head::VerifiedHead;
use crate::id::Commitment;
use crate::key_log::KeyLog;
use crate::key_log::incept;
use crate::keys::SigningKey;
use crate::name::RecordName;
use crate::name::View;
use crate::phrase::commitment_to;
use crate::record::NewRecord;
use crate::sync::SyncPlan;
use crate::time::Timestamp;
use crate::tree::Leaf;
use crate::tree::Manifest;

pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

#[derive(Clone)]
pub(crate) struct TestGroup {
    seed: u8,
    pub(crate) log: KeyLog,
    pub(crate) records: BTreeMap<RecordName, Vec<u8>>,
    pub(crate) head: Option<VerifiedHead>,
}

/// Recovery key `index`: what a phrase would give, without its cost.
pub(crate) fn recovery(seed: u8, index: u32) -> SigningKey {
    let mut bytes = [seed; 32];
    bytes[..4].copy_from_slice(&index.to_be_bytes());
    bytes[4] = b'r';
    SigningKey::from_seed(bytes)
}

pub(crate) fn commitment(seed: u8, index: u32) -> Commitment {
    commitment_to(&recovery(seed, index).public())
}

pub(crate) fn signing(seed: u8, index: u32) -> SigningKey {
    let mut bytes = [seed; 32];
    bytes[..4].copy_from_slice(&index.to_be_bytes());
    bytes[4] = b's';
    SigningKey::from_seed(bytes)
}

pub(crate) fn name(key: &str) -> RecordName {
    RecordName::parse("event", key).unwrap()
}

impl TestGroup {
    pub(crate) fn new(seed: u8) -> Self {
        let first = incept(
            &signing(seed, 0),
            [seed; 32],
            commitment(seed, 1),
            [seed; 16],
        );
        let log = KeyLog::start(&first).unwrap();
        Self {
            seed,
            log,
            records: BTreeMap::new(),
            head: None,
        }
    }

    pub(crate) fn key(&self) -> SigningKey {
        signing(self.seed, self.log.tip_index())
    }

    /// The rotation that would follow, to the given signing key.
    pub(crate) fn rotation_to(&self, key: &SigningKey) -> Vec<u8> {
        let next = self.log.tip_index() + 1;
        let commitment = commitment(self.seed, next + 1);
        self.log
            .rotate(
                &recovery(self.seed, next),
                &key.public(),
                [1; 32],
                commitment,
            )
            .unwrap()
    }

    pub(crate) fn rotate(&mut self) {
        let event = self.rotation_to(&signing(self.seed, self.log.tip_index() + 1));
        self.log.append(&event).unwrap();
    }

    pub(crate) fn deactivate(&mut self) {
        let key = recovery(self.seed, self.log.tip_index() + 1);
        let event = self.log.deactivate(&key).unwrap();
        self.log.append(&event).unwrap();
    }

    pub(crate) fn put(&mut self, key: &str, text: &str) {
        let record = NewRecord {
            group_id: self.log.group_id(),
            name: name(key),
            nonce: [5; 16],
            create_time: NOW,
            update_time: NOW,
            language: "en".to_owned(),
            body: text.as_bytes().to_vec(),
            subject: None,
        };
        self.records.insert(name(key), record.encode());
    }

    pub(crate) fn manifest(&self) -> Manifest {
        let leaves = self
            .records
            .iter()
            .map(|(name, bytes)| Leaf::new(name.clone(), bytes));
        Manifest::from_sorted(leaves.collect()).unwrap()
    }

    /// The next head's draft.
    pub(crate) fn draft(&self) -> HeadDraft {
        let tip = self.log.tip_index();
        let last = self
            .head
            .as_ref()
            .filter(|head| head.position().key_index == tip);
        let manifest = self.manifest();
        HeadDraft {
            group_id: self.log.group_id(),
            view: View::public(),
            key_index: tip,
            key_event_hash: self.log.tip_hash(),
            seq: last.map_or(Seq::FIRST, |head| head.position().seq.next().unwrap()),
            root: manifest.root(),
            count: manifest.count(),
            previous: last.map(VerifiedHead::hash),
            issue_time: NOW,
            expire_time: NOW.plus(MAX_LIFETIME),
            endpoint: None,
            indexing: Indexing::Anyone,
        }
    }

    /// Signs what is there now.
    pub(crate) fn publish(&mut self) -> VerifiedHead {
        let head = self.sign(&self.draft());
        self.head = Some(head.clone());
        head
    }

    pub(crate) fn sign(&self, draft: &HeadDraft) -> VerifiedHead {
        VerifiedHead::verify(&draft.sign(&self.key()), &self.log).unwrap()
    }

    /// A stream of everything.
    pub(crate) fn whole(&self) -> SyncPlan {
        SyncPlan {
            key_events: self.log.envelopes(),
            head: self.head.as_ref().map(|head| head.envelope().to_vec()),
            basis: None,
            removals: Vec::new(),
            leaves: self.manifest().into_leaves(),
        }
    }
}

pub(crate) fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}
