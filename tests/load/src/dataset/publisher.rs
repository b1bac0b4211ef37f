//! A publisher without a node: its keys are made of its number.

use std::collections::BTreeMap;
use std::time::Duration;

use hedgerow_core::head::HeadDraft;
use hedgerow_core::head::Indexing;
use hedgerow_core::head::Seq;
use hedgerow_core::id::Commitment;
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::key_log::incept;
use hedgerow_core::keys::SigningKey;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::record::NewRecord;
use hedgerow_core::sync::SyncPlan;
use hedgerow_core::sync::body_item;
use hedgerow_core::sync::end_item;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;
use hedgerow_core::tree::Manifest;
use sha2::Digest as _;
use sha2::Sha256;

use super::Publication;

const HEAD_LIFE: Duration = Duration::from_secs(28 * 24 * 60 * 60);

/// A publisher and its records.
pub struct Publisher {
    number: u64,
    signing: SigningKey,
    inception: Vec<u8>,
    key_log: KeyLog,
    records: BTreeMap<RecordName, Vec<u8>>,
}

impl Publisher {
    /// The publisher with this number: always the same keys.
    pub fn new(number: u64) -> Self {
        let signing = SigningKey::from_seed(derived(number, "signing"));
        let inception = incept(
            &signing,
            derived(number, "encryption"),
            Commitment::from_bytes(derived(number, "commitment")),
            nonce(number, "inception"),
        );
        let key_log = KeyLog::verify([&inception]).expect("its own inception verifies");
        Self {
            number,
            signing,
            inception,
            key_log,
            records: BTreeMap::new(),
        }
    }

    /// Its id.
    pub fn id(&self) -> GroupId {
        self.key_log.group_id()
    }

    /// How many records it has.
    pub fn records(&self) -> u64 {
        self.records.len() as u64
    }

    /// Puts a record.
    pub fn put(
        &mut self,
        collection: &str,
        key: &str,
        updated: Timestamp,
        body: Vec<u8>,
    ) -> anyhow::Result<()> {
        let name = RecordName::parse(collection, key)?;
        let record = NewRecord {
            group_id: self.id(),
            name: name.clone(),
            nonce: nonce(self.number, key),
            created_at: updated,
            updated_at: updated,
            language: "en".to_owned(),
            body,
            subject: None,
        };
        self.records.insert(name, record.encode());
        Ok(())
    }

    /// Its first publication, with a head issued at this time.
    pub fn publication(self, issued_at: Timestamp) -> anyhow::Result<Publication> {
        let leaves = self
            .records
            .iter()
            .map(|(name, record)| Leaf::of(name.clone(), record));
        let manifest = Manifest::new(leaves.collect())?;
        let tip = self.key_log.tip();
        let head = HeadDraft {
            group_id: self.id(),
            view: View::public(),
            key_index: tip.index,
            key_event_hash: tip.hash,
            seq: Seq::FIRST,
            root: manifest.root(),
            count: manifest.count(),
            previous: None,
            issued_at,
            expires_at: issued_at.plus(HEAD_LIFE),
            endpoint: None,
            indexing: Indexing::Anyone,
        }
        .sign(&self.signing);
        let plan = SyncPlan {
            key_events: vec![self.inception],
            head: Some(head),
            basis: None,
            removals: Vec::new(),
            leaves: manifest.into_leaves(),
        };
        let mut items: Publication = plan.into_items().collect();
        let count = u32::try_from(self.records.len())?;
        items.extend(self.records.into_values().map(body_item));
        items.push(end_item(count));
        Ok(items)
    }
}

fn derived(number: u64, purpose: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"hedgerow load benchmark");
    hash.update(number.to_le_bytes());
    hash.update(purpose.as_bytes());
    hash.finalize().into()
}

fn nonce(number: u64, purpose: &str) -> [u8; 16] {
    let mut nonce = [0; 16];
    nonce.copy_from_slice(&derived(number, purpose)[..16]);
    nonce
}
