//! A feed source in memory, for tests. Its groups publish and withdraw records.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use hedgerow_core::envelope::Envelope;
use hedgerow_core::envelope::PayloadKind;
use hedgerow_core::head::HeadDraft;
use hedgerow_core::head::Indexing;
use hedgerow_core::head::Seq;
use hedgerow_core::id::Commitment;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::id::RecordHash;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::key_log::incept;
use hedgerow_core::keys::SigningKey;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::record::NewRecord;
use hedgerow_core::record::record_hash;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;
use hedgerow_core::tree::Manifest;
use hedgerow_transport::failure::Failure;
use tokio::sync::watch;

use super::source::FeedSource;
use super::source::HeadRow;
use super::source::Row;
use super::source::Snapshot;
use super::source::SnapshotHead;
use super::source::WatchRow;
use super::source::group_unknown;
use super::source::no_head;

pub(crate) struct MemorySource {
    groups: Mutex<BTreeMap<GroupId, Group>>,
    revision: watch::Sender<u64>,
}

struct Group {
    key: SigningKey,
    log: KeyLog,
    head: Option<(PayloadHash, Vec<u8>)>,
    seq: u64,
    records: BTreeMap<RecordName, Vec<u8>>,
    /// Manifests by the hash of their heads.
    history: HashMap<PayloadHash, Manifest>,
    revision: u64,
    /// Bodies that are missing although their leaves exist.
    lost: Vec<RecordHash>,
}

impl Group {
    fn manifest(&self) -> Manifest {
        let leaves = self
            .records
            .iter()
            .map(|(name, record)| Leaf::new(name.clone(), record));
        Manifest::new(leaves.collect()).unwrap()
    }
}

impl MemorySource {
    pub(crate) fn new() -> Self {
        Self {
            groups: Mutex::default(),
            revision: watch::channel(0).0,
        }
    }

    /// Adds a group that has published nothing.
    pub(crate) fn add_group(&self, seed: u8) -> GroupId {
        self.add_group_committed_to(seed, seed)
    }

    /// Adds a group whose first key event has the commitment of another seed.
    pub(crate) fn add_group_committed_to(&self, seed: u8, commitment: u8) -> GroupId {
        let key = SigningKey::from_seed([seed; 32]);
        let inception = incept(
            &key,
            [seed; 32],
            Commitment::from_bytes([commitment; 32]),
            [seed; 16],
        );
        let log = KeyLog::verify([inception]).unwrap();
        let id = log.group_id();
        let group = Group {
            key,
            log,
            head: None,
            seq: 0,
            records: BTreeMap::new(),
            history: HashMap::new(),
            revision: 0,
            lost: Vec::new(),
        };
        self.groups.lock().unwrap().insert(id, group);
        id
    }

    /// Puts a record, or withdraws it if `text` is `None`, and signs a head.
    pub(crate) fn publish(&self, id: &GroupId, key: &str, text: Option<&str>) {
        self.publish_many(id, [(key.to_owned(), text.map(str::to_owned))]);
    }

    pub(crate) fn publish_many(
        &self,
        id: &GroupId,
        changes: impl IntoIterator<Item = (String, Option<String>)>,
    ) {
        let mut groups = self.groups.lock().unwrap();
        let group = groups.get_mut(id).unwrap();
        for (key, text) in changes {
            let name = RecordName::parse("listing", &key).unwrap();
            match text {
                None => drop(group.records.remove(&name)),
                Some(text) => {
                    let record = NewRecord {
                        group_id: *id,
                        name: name.clone(),
                        nonce: [7; 16],
                        create_time: Timestamp::from_seconds(1_700_000_000),
                        update_time: Timestamp::from_seconds(1_700_000_000),
                        language: "en".to_owned(),
                        body: text.into(),
                        subject: None,
                    };
                    group.records.insert(name, record.encode());
                }
            }
        }
        let manifest = group.manifest();
        group.seq += 1;
        let issue_time = Timestamp::from_seconds(1_700_000_000);
        let envelope = HeadDraft {
            group_id: *id,
            view: View::public(),
            key_index: 0,
            key_event_hash: group.log.tip_hash(),
            seq: Seq::new(group.seq).unwrap(),
            root: manifest.root(),
            count: manifest.count(),
            previous: group.head.as_ref().map(|(hash, _)| *hash),
            issue_time,
            expire_time: issue_time.plus(Duration::from_hours(24 * 7)),
            endpoint: None,
            indexing: Indexing::Anyone,
        }
        .sign(&group.key);
        let hash = Envelope::parse(&envelope, PayloadKind::Head)
            .unwrap()
            .payload_hash();
        group.history.insert(hash, manifest);
        group.head = Some((hash, envelope));
        self.revision.send_modify(|revision| *revision += 1);
        group.revision = *self.revision.borrow();
    }

    /// Removes a body but not its leaf.
    pub(crate) fn lose(&self, id: &GroupId, key: &str) -> RecordHash {
        let mut groups = self.groups.lock().unwrap();
        let group = groups.get_mut(id).unwrap();
        let name = RecordName::parse("listing", key).unwrap();
        let hash = record_hash(&group.records[&name]);
        group.lost.push(hash);
        hash
    }

    pub(crate) fn head_hash(&self, id: &GroupId) -> PayloadHash {
        self.groups.lock().unwrap()[id].head.as_ref().unwrap().0
    }

    pub(crate) fn key_log_of(&self, id: &GroupId) -> KeyLog {
        self.groups.lock().unwrap()[id].log.clone()
    }

    pub(crate) fn manifest_of(&self, id: &GroupId) -> Manifest {
        self.groups.lock().unwrap()[id].manifest()
    }
}

#[async_trait::async_trait]
impl FeedSource for MemorySource {
    async fn key_log(&self, group: &GroupId) -> Result<Option<Vec<Vec<u8>>>, Failure> {
        let groups = self.groups.lock().unwrap();
        Ok(groups.get(group).map(|group| group.log.envelopes()))
    }

    async fn head(&self, group: &GroupId, _view: &View) -> Result<HeadRow, Failure> {
        let groups = self.groups.lock().unwrap();
        Ok(match groups.get(group).map(|group| &group.head) {
            None => HeadRow::GroupUnknown,
            Some(None) => HeadRow::NoHead,
            Some(Some((_, envelope))) => HeadRow::Shown(envelope.clone()),
        })
    }

    async fn find_group(&self, commitment: &Commitment) -> Result<Option<GroupId>, Failure> {
        Ok(self.find_groups(commitment, 1).await?.pop())
    }

    async fn find_groups(
        &self,
        commitment: &Commitment,
        limit: usize,
    ) -> Result<Vec<GroupId>, Failure> {
        let groups = self.groups.lock().unwrap();
        Ok(groups
            .iter()
            .filter(|(_, group)| group.log.commitments().any(|known| known == *commitment))
            .map(|(id, _)| *id)
            .take(limit)
            .collect())
    }

    async fn rows_after(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Vec<WatchRow>, Failure> {
        let after: u64 = match cursor {
            None => 0,
            Some(cursor) => cursor.parse().map_err(|_| {
                Failure::out_of_range("cursor_unknown", "That cursor is of another stream.")
            })?,
        };
        let groups = self.groups.lock().unwrap();
        let mut rows: Vec<_> = groups
            .iter()
            .filter(|(_, group)| group.revision > after)
            .filter_map(|(id, group)| {
                let (_, envelope) = group.head.as_ref()?;
                Some((group.revision, id, group, envelope))
            })
            .collect();
        rows.sort_by_key(|(revision, ..)| *revision);
        Ok(rows
            .into_iter()
            .take(limit)
            .map(|(revision, id, group, envelope)| WatchRow {
                cursor: revision.to_string(),
                group_id: *id,
                key_log_tip: group.log.tip_hash(),
                row: Row::Head(envelope.clone()),
            })
            .collect())
    }

    fn changed(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    async fn snapshot(
        &self,
        id: &GroupId,
        _view: &View,
        from: Option<PayloadHash>,
    ) -> Result<Snapshot, Failure> {
        let groups = self.groups.lock().unwrap();
        let group = groups.get(id).ok_or_else(|| group_unknown(id))?;
        let (_, envelope) = group.head.as_ref().ok_or_else(|| no_head(id))?;
        let now = group.manifest();
        let remembered = from.and_then(|from| Some((from, group.history.get(&from)?)));
        let (basis, removals, leaves) = match remembered {
            Some((from, then)) => {
                let difference = Manifest::difference(then, &now);
                (Some(from), difference.removals, difference.puts)
            }
            None => (None, Vec::new(), now.into_leaves()),
        };
        Ok(Snapshot {
            key_log: group.log.envelopes(),
            head: Some(SnapshotHead {
                envelope: envelope.clone(),
                basis,
                removals,
                leaves,
            }),
        })
    }

    async fn manifest(
        &self,
        id: &GroupId,
        _view: &View,
    ) -> Result<Option<(Vec<u8>, Manifest)>, Failure> {
        let groups = self.groups.lock().unwrap();
        Ok(groups.get(id).and_then(|group| {
            let (_, envelope) = group.head.as_ref()?;
            Some((envelope.clone(), group.manifest()))
        }))
    }

    async fn body(
        &self,
        id: &GroupId,
        _view: &View,
        hash: &RecordHash,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let groups = self.groups.lock().unwrap();
        Ok(groups.get(id).and_then(|group| {
            group
                .records
                .values()
                .find(|record| record_hash(record) == *hash && !group.lost.contains(hash))
                .cloned()
        }))
    }
}
