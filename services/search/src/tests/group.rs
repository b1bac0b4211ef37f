//! A group that publishes straight into a store, for tests.

use std::collections::BTreeMap;
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
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;
use hedgerow_core::tree::Manifest;
use hedgerow_proto::v1;
use prost::Message;

use crate::store::Committed;
use crate::store::HeadCommit;
use crate::store::KeyEventCommit;
use crate::store::KeyEventPut;
use crate::store::LeafPut;
use crate::store::LeafState;
use crate::store::NewHead;
use crate::store::Staged;
use crate::store::Store;
use crate::store::Tokens;
use crate::store::Verdict;

/// A group with its keys and records.
pub(crate) struct TestGroup {
    signing: SigningKey,
    log: KeyLog,
    records: BTreeMap<RecordName, Vec<u8>>,
    held: Manifest,
    head: Option<(PayloadHash, Seq)>,
    nonce: u128,
}

impl TestGroup {
    /// A group of its own for every seed.
    pub(crate) fn new(seed: u8) -> Self {
        let signing = SigningKey::from_seed([seed; 32]);
        let phrase = Phrase::from_entropy([seed; 16]);
        let event = incept(&signing, [seed; 32], phrase.commitment(1), [seed; 16]);
        let log = KeyLog::verify([event]).unwrap();
        Self {
            signing,
            log,
            records: BTreeMap::new(),
            held: Manifest::empty(),
            head: None,
            nonce: u128::from(seed) << 64,
        }
    }

    pub(crate) fn id(&self) -> GroupId {
        self.log.group_id()
    }

    /// Makes a record, to be published with the next head.
    pub(crate) fn put(&mut self, collection: &str, key: &str, body: &impl Message) -> &mut Self {
        self.make(collection, key, body, None)
    }

    /// Makes a catalogued listing about `scheme`.`id`.
    pub(crate) fn put_catalogued(&mut self, scheme: &str, id: &str, body: &v1::Listing) {
        let subject = v1::Subject {
            scheme: scheme.into(),
            id: id.into(),
            name: body.name.clone(),
            group_id: None,
        };
        self.make("listing", &format!("{scheme}.{id}"), body, Some(subject));
    }

    fn make(
        &mut self,
        collection: &str,
        key: &str,
        body: &impl Message,
        subject: Option<v1::Subject>,
    ) -> &mut Self {
        let name = RecordName::parse(collection, key).unwrap();
        self.nonce += 1;
        let record = NewRecord {
            group_id: self.id(),
            name: name.clone(),
            nonce: self.nonce.to_be_bytes(),
            created_at: Timestamp::from_seconds(1_700_000_000),
            updated_at: Timestamp::from_seconds(1_700_000_000),
            language: "en".into(),
            body: body.encode_to_vec(),
            subject,
        };
        self.records.insert(name, record.encode());
        self
    }

    pub(crate) fn take_back(&mut self, collection: &str, key: &str) -> &mut Self {
        self.records
            .remove(&RecordName::parse(collection, key).unwrap());
        self
    }

    /// Signs a head over the records and commits it. Answers with its revision.
    pub(crate) async fn publish(&mut self, store: &dyn Store, now: Timestamp) -> u64 {
        let id = self.id();
        if self.head.is_none() {
            self.start(store, now).await;
        }
        let leaves = self
            .records
            .iter()
            .map(|(name, bytes)| Leaf::of(name.clone(), bytes))
            .collect();
        let manifest = Manifest::new(leaves).unwrap();
        let difference = Manifest::difference(&self.held, &manifest);
        let staged: Vec<Staged> = difference
            .puts
            .iter()
            .map(|leaf| Staged {
                record_hash: leaf.record_hash,
                name: Some(leaf.name.clone()),
                verdict: Verdict::Keep(self.records[&leaf.name].clone()),
            })
            .collect();
        store.stage(&id, staged, now).await.unwrap();
        let head = self.sign(&manifest, now);
        let change = HeadCommit {
            group_id: id,
            view: View::public(),
            begins: Vec::new(),
            expected_tip: self.log.tip_hash(),
            expected_head: self.head.map(|(hash, _)| hash),
            head: new_head(&head),
            removals: difference.removals,
            puts: difference
                .puts
                .into_iter()
                .map(|leaf| LeafPut {
                    leaf,
                    state: LeafState::Held,
                })
                .collect(),
            bodies: Default::default(),
            bytes: manifest.record_bytes(),
            tokens: Tokens {
                thousandths: 0,
                at: now,
            },
            now,
        };
        let Committed::At(revision) = store.commit_head(change).await.unwrap() else {
            panic!("something else was committed");
        };
        self.head = Some((head.hash(), head.position().seq));
        self.held = manifest;
        revision
    }

    async fn start(&self, store: &dyn Store, now: Timestamp) {
        let event = self.log.tip();
        let change = KeyEventCommit {
            group_id: self.id(),
            expected_tip: None,
            events: vec![KeyEventPut {
                index: event.index,
                hash: event.hash,
                envelope: event.envelope.clone(),
                commitment: event.commitment,
            }],
            ends: false,
            forked: false,
            now,
        };
        let committed = store.commit_key_events(change).await.unwrap();
        assert!(matches!(committed, Committed::At(_)));
    }

    fn sign(&self, manifest: &Manifest, now: Timestamp) -> VerifiedHead {
        let seq = self.head.map_or(Seq::FIRST, |(_, seq)| seq.next().unwrap());
        let envelope = HeadDraft {
            group_id: self.id(),
            view: View::public(),
            key_index: self.log.tip_index(),
            key_event_hash: self.log.tip_hash(),
            seq,
            root: manifest.root(),
            count: manifest.count(),
            previous: self.head.map(|(hash, _)| hash),
            issued_at: now,
            expires_at: now.plus(Duration::from_secs(28 * 24 * 60 * 60)),
            endpoint: None,
            indexing: Indexing::Anyone,
        }
        .sign(&self.signing);
        VerifiedHead::verify(&envelope, &self.log).unwrap()
    }
}

fn new_head(head: &VerifiedHead) -> NewHead {
    NewHead {
        envelope: head.envelope().to_vec(),
        hash: head.hash(),
        position: head.position(),
        root: head.root(),
        count: head.count(),
        issued_at: head.issued_at(),
        expires_at: head.expires_at(),
        endpoint: None,
        invited: true,
    }
}
