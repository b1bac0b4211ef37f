use std::ops::{Deref, DerefMut};

use hedgerow_core::id::PayloadHash;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Manifest;
use hedgerow_testkit::FakeGroup;
use prost::Message;

use crate::{
    Committed, HeadCommit, HeadFacts, KeyEventCommit, LeafPut, LeafState, Staged, Store, Tokens,
    Verdict,
};

/// A fake group that publishes straight into a store, without a transfer: for tests of what
/// reads the store.
pub struct StoredGroup {
    group: FakeGroup,
    stored: Manifest,
    head: Option<PayloadHash>,
}

impl StoredGroup {
    pub fn new(number: u64) -> Self {
        Self {
            group: FakeGroup::new(number, Timestamp::from_seconds(0)),
            stored: Manifest::empty(),
            head: None,
        }
    }

    /// Puts a record, to be published with the next head.
    pub fn put(&mut self, collection: &str, key: &str, body: &impl Message) -> &mut Self {
        self.group.put(collection, key, body);
        self
    }

    /// Signs a head over the records, commits it and returns its revision.
    pub async fn publish(&mut self, store: &dyn Store, now: Timestamp) -> u64 {
        if self.head.is_none() {
            self.start(store, now).await;
        }
        self.group.now = now;
        let id = self.group.id();
        let manifest = self.group.manifest();
        let difference = Manifest::difference(&self.stored, &manifest);
        let staged = difference.puts.iter().map(|leaf| Staged {
            record_hash: leaf.record_hash,
            name: Some(leaf.name.clone()),
            verdict: Verdict::Keep(self.group.records[&leaf.name].clone()),
        });
        store.stage(&id, staged.collect(), now).await.unwrap();
        let envelope = self.group.sign();
        let head = self.group.verified(&envelope);
        let puts = difference.puts.into_iter().map(|leaf| LeafPut {
            leaf,
            state: LeafState::Held,
        });
        let commit = HeadCommit {
            group_id: id,
            view: View::public(),
            new_key_log: Vec::new(),
            expected_tip: self.group.log.tip_hash(),
            expected_head: self.head,
            head: HeadFacts::new(&head, true),
            removals: difference.removals,
            puts: puts.collect(),
            bodies: Default::default(),
            bytes: manifest.record_bytes(),
            tokens: Tokens {
                thousandths: 0,
                at: now,
            },
            now,
        };
        let Committed::At(revision) = store.commit_head(commit).await.unwrap() else {
            panic!("the store holds another head of this group");
        };
        self.head = Some(head.hash());
        self.stored = manifest;
        revision
    }

    async fn start(&self, store: &dyn Store, now: Timestamp) {
        let event = self.group.log.tip();
        let commit = KeyEventCommit {
            group_id: self.group.id(),
            expected_tip: None,
            events: vec![event.into()],
            ends: false,
            forked: false,
            now,
        };
        let committed = store.commit_key_events(commit).await.unwrap();
        assert!(matches!(committed, Committed::At(_)));
    }
}

impl Deref for StoredGroup {
    type Target = FakeGroup;

    fn deref(&self) -> &FakeGroup {
        &self.group
    }
}

impl DerefMut for StoredGroup {
    fn deref_mut(&mut self) -> &mut FakeGroup {
        &mut self.group
    }
}
