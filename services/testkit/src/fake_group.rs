use std::collections::BTreeMap;
use std::time::Duration;

use hedgerow_core::head::{HeadDraft, Indexing, Seq, VerifiedHead};
use hedgerow_core::id::{Commitment, GroupId, PayloadHash};
use hedgerow_core::key_log::{KeyLog, commitment_to, incept};
use hedgerow_core::keys::SigningKey;
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::phrase::Phrase;
use hedgerow_core::record::NewRecord;
use hedgerow_core::sync::{SyncPlan, body_item, end_item};
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::{Leaf, Manifest};
use hedgerow_proto::{feed_v1, v1};
use prost::Message;
use sha2::{Digest as _, Sha256};

/// A head's longest life.
const HEAD_LIFE: Duration = Duration::from_secs(28 * 24 * 60 * 60);

/// A group that signs with core's own code, without a node and without its rules, so that a
/// test can also send what no node would. The same number makes the same keys.
#[derive(Clone)]
pub struct FakeGroup {
    number: u64,
    has_phrase: bool,
    pub signing: SigningKey,
    pub log: KeyLog,
    /// Record bytes, in the order of the tree.
    pub records: BTreeMap<RecordName, Vec<u8>>,
    /// Of the next head.
    pub seq: Seq,
    /// Hash of the last head under the present key.
    pub previous: Option<PayloadHash>,
    /// The last head that was signed, by whichever key.
    pub head: Option<VerifiedHead>,
    /// When the next head is issued.
    pub now: Timestamp,
    pub indexing: Indexing,
}

impl FakeGroup {
    /// A group whose recovery keys are derived from its number: cheap, for tests and
    /// benchmarks that make many.
    pub fn new(number: u64, now: Timestamp) -> Self {
        Self::incept(number, false, now)
    }

    /// A group with a recovery phrase, whose seed takes some milliseconds to stretch.
    pub fn with_phrase(number: u64, now: Timestamp) -> Self {
        Self::incept(number, true, now)
    }

    fn incept(number: u64, has_phrase: bool, now: Timestamp) -> Self {
        let signing = signing_key(number, 0);
        let recovery = recovery_key_of(number, has_phrase, 1);
        let inception = incept(
            &signing,
            derived(number, "encryption", 0),
            commitment_to(&recovery.public()),
            derived(number, "nonce", 0),
        );
        Self {
            number,
            has_phrase,
            signing,
            log: KeyLog::verify([&inception]).unwrap(),
            records: BTreeMap::new(),
            seq: Seq::FIRST,
            previous: None,
            head: None,
            now,
            indexing: Indexing::Anyone,
        }
    }

    pub fn id(&self) -> GroupId {
        self.log.group_id()
    }

    /// The phrase of a group made with one.
    pub fn phrase(&self) -> Phrase {
        assert!(self.has_phrase, "this group was made without a phrase");
        phrase(self.number)
    }

    /// The key that may sign key event `index`.
    pub fn recovery_key(&self, index: u32) -> SigningKey {
        recovery_key_of(self.number, self.has_phrase, index)
    }

    /// Puts a record of a known kind and returns its bytes.
    pub fn put(&mut self, collection: &str, key: &str, body: &impl Message) -> Vec<u8> {
        self.put_body(collection, key, &body.encode_to_vec())
    }

    /// Puts a record of a kind that no build knows, so that every body is acceptable.
    pub fn add(&mut self, key: &str, body: &[u8]) -> Vec<u8> {
        self.put_body("future-kind", key, body)
    }

    pub fn put_body(&mut self, collection: &str, key: &str, body: &[u8]) -> Vec<u8> {
        let name = RecordName::parse(collection, key).unwrap();
        let bytes = record(self.id(), collection, key, body);
        self.put_bytes(name, bytes.clone());
        bytes
    }

    /// Puts a catalogued listing about the group `id` of a scheme.
    pub fn put_catalogued(&mut self, scheme: &str, id: &str, body: &v1::Listing) {
        let name = RecordName::parse("listing", &format!("{scheme}.{id}")).unwrap();
        let record = NewRecord {
            subject: Some(v1::Subject {
                scheme: scheme.into(),
                id: id.into(),
                name: body.name.clone(),
                group_id: None,
            }),
            ..new_record(self.id(), name.clone(), body.encode_to_vec())
        };
        self.put_bytes(name, record.encode());
    }

    /// Puts any bytes under a name.
    pub fn put_bytes(&mut self, name: RecordName, bytes: Vec<u8>) {
        self.records.insert(name, bytes);
    }

    /// The bytes of the first record in the order of the tree.
    pub fn first_record(&self) -> Vec<u8> {
        self.records.values().next().unwrap().clone()
    }

    pub fn withdraw(&mut self, collection: &str, key: &str) {
        let name = RecordName::parse(collection, key).unwrap();
        self.records.remove(&name);
    }

    /// Withdraws the record with these bytes.
    pub fn withdraw_record(&mut self, record: &[u8]) {
        self.records.retain(|_, bytes| bytes != record);
    }

    pub fn manifest(&self) -> Manifest {
        let leaves = self.records.iter();
        let leaves = leaves.map(|(name, bytes)| Leaf::new(name.clone(), bytes));
        Manifest::new(leaves.collect()).unwrap()
    }

    /// The next head, unsigned.
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
            expire_time: self.now.plus(HEAD_LIFE),
            endpoint: None,
            indexing: self.indexing.clone(),
        }
    }

    /// Signs a head over the records. The next one has the next seq.
    pub fn sign(&mut self) -> Vec<u8> {
        self.publish().envelope().to_vec()
    }

    /// Like [`sign`](Self::sign), but returns the head with its fields.
    pub fn publish(&mut self) -> VerifiedHead {
        let head = self.verified(&self.draft().sign(&self.signing));
        self.previous = Some(head.hash());
        self.seq = self.seq.next().unwrap();
        self.head = Some(head.clone());
        head
    }

    pub fn verified(&self, envelope: &[u8]) -> VerifiedHead {
        VerifiedHead::verify_past(envelope, &self.log).unwrap()
    }

    /// A transfer of everything to a head over the present records.
    pub fn whole(&self, head: &[u8]) -> Vec<feed_v1::SyncItem> {
        self.transfer(head, |_| true)
    }

    /// The same with only some of the bodies.
    pub fn transfer(
        &self,
        head: &[u8],
        has_body: impl Fn(&RecordName) -> bool,
    ) -> Vec<feed_v1::SyncItem> {
        let bodies = self.records.iter().filter(|(name, _)| has_body(name));
        let bodies: Vec<_> = bodies.map(|(_, bytes)| bytes.clone()).collect();
        transfer(&self.log, Some(head), None, &self.manifest(), &bodies)
    }

    /// Replaces the signing key with the recovery key, after which seq starts again.
    pub fn rotate(&mut self) {
        self.rotate_to(signing_key(self.number, self.log.tip_index() + 1));
    }

    /// Like [`rotate`](Self::rotate), with a signing key of the test's choice: two rotations
    /// of one group to different keys fork its key log.
    pub fn rotate_to(&mut self, key: SigningKey) {
        let event = self.rotation_to(&key);
        self.log.append(&event).unwrap();
        self.signing = key;
        self.seq = Seq::FIRST;
        self.previous = None;
    }

    /// The key event that would replace the signing key with `key`.
    pub fn rotation_to(&self, key: &SigningKey) -> Vec<u8> {
        let index = self.log.tip_index() + 1;
        let next = self.recovery_key(index + 1);
        let event = self.log.rotate(
            &self.recovery_key(index),
            &key.public(),
            derived(self.number, "encryption", index),
            commitment_to(&next.public()),
        );
        event.unwrap()
    }

    pub fn deactivate(&mut self) {
        let key = self.recovery_key(self.log.tip_index() + 1);
        let event = self.log.deactivate(&key).unwrap();
        self.log.append(&event).unwrap();
    }
}

/// The items of a transfer: the whole manifest, or the difference from an earlier head.
pub fn transfer(
    log: &KeyLog,
    head: Option<&[u8]>,
    basis: Option<(&Manifest, PayloadHash)>,
    manifest: &Manifest,
    bodies: &[Vec<u8>],
) -> Vec<feed_v1::SyncItem> {
    let (removals, leaves) = match basis {
        Some((earlier, _)) => {
            let difference = Manifest::difference(earlier, manifest);
            (difference.removals, difference.puts)
        }
        None => (Vec::new(), manifest.leaves().to_vec()),
    };
    let plan = SyncPlan {
        key_events: log.envelopes(),
        head: head.map(<[u8]>::to_vec),
        basis: basis.map(|(_, hash)| hash),
        removals,
        leaves,
    };
    let mut items: Vec<_> = plan.into_items().collect();
    items.extend(bodies.iter().cloned().map(body_item));
    items.push(end_item(u32::try_from(bodies.len()).unwrap()));
    items
}

/// The bytes of a record, made at a fixed time.
pub fn record(group: GroupId, collection: &str, key: &str, body: &[u8]) -> Vec<u8> {
    let name = RecordName::parse(collection, key).unwrap();
    new_record(group, name, body.to_vec()).encode()
}

fn new_record(group_id: GroupId, name: RecordName, body: Vec<u8>) -> NewRecord {
    // A nonce of its own for every name and body, as random ones would be.
    let nonce = Sha256::new()
        .chain_update(name.collection.as_str())
        .chain_update([0])
        .chain_update(name.key.as_str())
        .chain_update([0])
        .chain_update(&body)
        .finalize();
    NewRecord {
        group_id,
        name,
        nonce: first_bytes(&nonce),
        create_time: Timestamp::from_seconds(1_700_000_000),
        update_time: Timestamp::from_seconds(1_700_000_000),
        language: "en".to_owned(),
        body,
        subject: None,
    }
}

/// The key with which fake group `number` signs after `index` rotations.
pub fn signing_key(number: u64, index: u32) -> SigningKey {
    SigningKey::from_seed(derived(number, "signing", index))
}

/// The key that may sign key event `index` of fake group `number`, made without a phrase.
pub fn recovery_key(number: u64, index: u32) -> SigningKey {
    SigningKey::from_seed(derived(number, "recovery", index))
}

/// The commitment to that key, in the key event before it.
pub fn commitment(number: u64, index: u32) -> Commitment {
    commitment_to(&recovery_key(number, index).public())
}

fn recovery_key_of(number: u64, has_phrase: bool, index: u32) -> SigningKey {
    if has_phrase {
        phrase(number).recovery_key(index)
    } else {
        recovery_key(number, index)
    }
}

fn phrase(number: u64) -> Phrase {
    Phrase::from_entropy(derived(number, "phrase", 0))
}

/// Bytes that differ for every number, purpose and index.
fn derived<const N: usize>(number: u64, purpose: &str, index: u32) -> [u8; N] {
    let hash = Sha256::new()
        .chain_update(b"hedgerow fake group")
        .chain_update(number.to_be_bytes())
        .chain_update(purpose)
        .chain_update(index.to_be_bytes())
        .finalize();
    first_bytes(&hash)
}

fn first_bytes<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes[..N].try_into().unwrap()
}
