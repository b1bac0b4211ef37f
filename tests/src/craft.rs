//! A group made by hand, with the core alone: to send what no honest node would.

use std::collections::BTreeMap;
use std::time::Duration;

use hedgerow_core::envelope::Envelope;
use hedgerow_core::envelope::PayloadKind;
use hedgerow_core::head::HeadDraft;
use hedgerow_core::head::Indexing;
use hedgerow_core::head::Seq;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::key_log::incept;
use hedgerow_core::keys::EncryptionSecret;
use hedgerow_core::keys::SigningKey;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::record::NewRecord;
use hedgerow_core::sync;
use hedgerow_core::time::Clock;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;
use hedgerow_core::tree::Manifest;
use hedgerow_proto::v1;
use hedgerow_rpc::clock::SystemClock;
use prost::Message;

/// A group's keys and records, under nobody's rules.
pub struct CraftedGroup {
    /// Its recovery phrase.
    pub phrase: Phrase,
    /// Its key log.
    pub key_log: KeyLog,
    /// Who may index it.
    pub indexing: Indexing,
    signing: SigningKey,
    records: BTreeMap<RecordName, Vec<u8>>,
    last: Option<(Seq, PayloadHash)>,
}

impl CraftedGroup {
    /// A group that differs from one made with another `number`.
    pub fn new(number: u16) -> Self {
        let phrase = Phrase::from_entropy(seed(number));
        let signing = SigningKey::from_seed(seed(number));
        let encryption = EncryptionSecret::from_seed(seed(number));
        let event = incept(
            &signing,
            encryption.public(),
            phrase.commitment(1),
            seed(number),
        );
        Self {
            phrase,
            key_log: KeyLog::verify([&event]).expect("its own inception verifies"),
            indexing: Indexing::Anyone,
            signing,
            records: BTreeMap::new(),
            last: None,
        }
    }

    /// Its id.
    pub fn id(&self) -> GroupId {
        self.key_log.group_id()
    }

    /// Puts a record with this body, and gives its bytes.
    pub fn put(&mut self, collection: &str, key: &str, body: Vec<u8>) -> Vec<u8> {
        let now = SystemClock.now();
        let name = RecordName::parse(collection, key).expect("a test names records rightly");
        let bytes = NewRecord {
            group_id: self.id(),
            name: name.clone(),
            nonce: [7; 16],
            created_at: now,
            updated_at: now,
            language: "en".to_owned(),
            body,
            subject: None,
        }
        .encode();
        self.put_bytes(name, bytes.clone());
        bytes
    }

    /// Puts a record of a known kind.
    pub fn put_message(&mut self, collection: &str, key: &str, body: &impl Message) -> Vec<u8> {
        self.put(collection, key, body.encode_to_vec())
    }

    /// Puts bytes as a record, whatever they are.
    pub fn put_bytes(&mut self, name: RecordName, bytes: Vec<u8>) {
        self.records.insert(name, bytes);
    }

    /// Takes a record back.
    pub fn remove(&mut self, collection: &str, key: &str) {
        let name = RecordName::parse(collection, key).expect("a test names records rightly");
        self.records.remove(&name);
    }

    /// What it publishes now.
    pub fn manifest(&self) -> Manifest {
        let leaves = self
            .records
            .iter()
            .map(|(name, bytes)| Leaf::of(name.clone(), bytes));
        Manifest::new(leaves.collect()).expect("names are unique in a map")
    }

    /// Signs the next head, issued now.
    pub fn sign(&mut self) -> Vec<u8> {
        self.sign_at(SystemClock.now())
    }

    /// Signs the next head, issued at a time of the test's choosing.
    pub fn sign_at(&mut self, issued_at: Timestamp) -> Vec<u8> {
        let draft = self.draft(issued_at);
        let envelope = draft.sign(&self.signing);
        let opened = Envelope::parse(&envelope, PayloadKind::Head).expect("a head just signed");
        self.last = Some((draft.seq, opened.payload_hash()));
        envelope
    }

    /// The next head, not signed.
    pub fn draft(&self, issued_at: Timestamp) -> HeadDraft {
        let manifest = self.manifest();
        let tip = self.key_log.tip();
        let seq = self.last.as_ref().map_or(Seq::FIRST, |(seq, _)| {
            seq.next().expect("a test signs fewer than 2^53 heads")
        });
        HeadDraft {
            group_id: self.id(),
            view: View::public(),
            key_index: tip.index,
            key_event_hash: tip.hash,
            seq,
            root: manifest.root(),
            count: manifest.count(),
            previous: self.last.as_ref().map(|(_, hash)| *hash),
            issued_at,
            expires_at: issued_at.plus(Duration::from_secs(28 * 24 * 60 * 60)),
            endpoint: None,
            indexing: self.indexing.clone(),
        }
    }

    /// The key that signs its heads.
    pub fn signing_key(&self) -> &SigningKey {
        &self.signing
    }

    /// Rotates to a new signing key with the phrase.
    pub fn rotate(&mut self, number: u8) {
        let signing = SigningKey::from_seed([number; 32]);
        let encryption = EncryptionSecret::from_seed([number; 32]);
        let index = self.key_log.tip_index() + 1;
        let event = self
            .key_log
            .rotate(
                &self.phrase.recovery_key(index),
                &signing.public(),
                encryption.public(),
                self.phrase.commitment(index + 1),
            )
            .expect("its own phrase rotates it");
        self.key_log
            .append(&event)
            .expect("its own rotation verifies");
        self.signing = signing;
        self.last = None;
    }

    /// Everything, as one transfer: key log, head, whole manifest, and every body that
    /// `with_body` lets through.
    pub fn whole(
        &self,
        head: Vec<u8>,
        with_body: impl Fn(&RecordName) -> bool,
    ) -> Vec<v1::SyncItem> {
        let plan = sync::SyncPlan {
            key_events: self.key_log.envelopes(),
            head: Some(head),
            basis: None,
            removals: Vec::new(),
            leaves: self.manifest().into_leaves(),
        };
        let mut items: Vec<_> = plan.into_items().collect();
        let mut sent = 0;
        for (name, bytes) in &self.records {
            if with_body(name) {
                items.push(sync::body_item(bytes.clone()));
                sent += 1;
            }
        }
        items.push(sync::end_item(sent));
        items
    }
}

/// Bytes that differ for every number.
fn seed<const N: usize>(number: u16) -> [u8; N] {
    let [high, low] = number.to_be_bytes();
    let mut seed = [low; N];
    seed[0] ^= high;
    seed
}
