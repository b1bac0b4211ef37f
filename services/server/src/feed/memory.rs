//! A feed source in memory, for tests. Its groups publish and withdraw records.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::{Commitment, GroupId, PayloadHash, RecordHash};
use hedgerow_core::key_log::{KeyLog, incept};
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::record::record_hash;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Manifest;
use hedgerow_testkit::{FakeGroup, commitment};
use hedgerow_transport::failure::Failure;
use tokio::sync::watch;

use super::source::{
    FeedSource, HeadRow, Row, Snapshot, SnapshotHead, WatchRow, format_cursor, group_unknown,
    no_head, parse_cursor,
};

const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);
const STREAM: &str = "memory";

pub(crate) struct MemorySource {
    groups: Mutex<BTreeMap<GroupId, Group>>,
    revision: watch::Sender<u64>,
}

struct Group {
    fake: FakeGroup,
    /// Manifests by the hash of their heads.
    history: HashMap<PayloadHash, Manifest>,
    revision: u64,
    /// Bodies that are missing although their leaves exist.
    lost: Vec<RecordHash>,
}

impl Group {
    fn head(&self) -> Option<&VerifiedHead> {
        self.fake.head.as_ref()
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
    pub(crate) fn add_group(&self, number: u64) -> GroupId {
        self.add(FakeGroup::new(number, NOW))
    }

    /// Adds a group whose first key event copies the commitment of another group.
    pub(crate) fn add_group_committed_to(&self, number: u64, other: u64) -> GroupId {
        let mut group = FakeGroup::new(number, NOW);
        let inception = incept(&group.signing, [9; 32], commitment(other, 1), [0; 16]);
        group.log = KeyLog::verify([inception]).unwrap();
        self.add(group)
    }

    fn add(&self, fake: FakeGroup) -> GroupId {
        let id = fake.id();
        let group = Group {
            fake,
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
            match text {
                None => group.fake.withdraw("listing", &key),
                Some(text) => drop(group.fake.put_body("listing", &key, text.as_bytes())),
            }
        }
        let head = group.fake.publish();
        group.history.insert(head.hash(), group.fake.manifest());
        self.revision.send_modify(|revision| *revision += 1);
        group.revision = *self.revision.borrow();
    }

    /// Removes a body but not its leaf.
    pub(crate) fn lose(&self, id: &GroupId, key: &str) -> RecordHash {
        let mut groups = self.groups.lock().unwrap();
        let group = groups.get_mut(id).unwrap();
        let name = RecordName::parse("listing", key).unwrap();
        let hash = record_hash(&group.fake.records[&name]);
        group.lost.push(hash);
        hash
    }

    pub(crate) fn head_hash(&self, id: &GroupId) -> PayloadHash {
        self.groups.lock().unwrap()[id].head().unwrap().hash()
    }

    pub(crate) fn key_log_of(&self, id: &GroupId) -> KeyLog {
        self.groups.lock().unwrap()[id].fake.log.clone()
    }

    pub(crate) fn manifest_of(&self, id: &GroupId) -> Manifest {
        self.groups.lock().unwrap()[id].fake.manifest()
    }
}

#[async_trait::async_trait]
impl FeedSource for MemorySource {
    async fn key_log(&self, group: &GroupId) -> Result<Option<Vec<Vec<u8>>>, Failure> {
        let groups = self.groups.lock().unwrap();
        Ok(groups.get(group).map(|group| group.fake.log.envelopes()))
    }

    async fn head(&self, group: &GroupId, _view: &View) -> Result<HeadRow, Failure> {
        let groups = self.groups.lock().unwrap();
        Ok(match groups.get(group).map(Group::head) {
            None => HeadRow::GroupUnknown,
            Some(None) => HeadRow::NoHead,
            Some(Some(head)) => HeadRow::Shown(head.envelope().to_vec()),
        })
    }

    async fn find_groups(
        &self,
        commitment: &Commitment,
        limit: usize,
    ) -> Result<Vec<GroupId>, Failure> {
        let groups = self.groups.lock().unwrap();
        Ok(groups
            .iter()
            .filter(|(_, group)| {
                group
                    .fake
                    .log
                    .commitments()
                    .any(|known| known == *commitment)
            })
            .map(|(id, _)| *id)
            .take(limit)
            .collect())
    }

    async fn rows_after(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Vec<WatchRow>, Failure> {
        let after = parse_cursor(cursor, STREAM, *self.revision.borrow())?;
        let groups = self.groups.lock().unwrap();
        let mut rows: Vec<_> = groups
            .iter()
            .filter(|(_, group)| group.revision > after)
            .filter_map(|(id, group)| Some((group.revision, id, group, group.head()?.envelope())))
            .collect();
        rows.sort_by_key(|(revision, ..)| *revision);
        Ok(rows
            .into_iter()
            .take(limit)
            .map(|(revision, id, group, envelope)| WatchRow {
                cursor: format_cursor(STREAM, revision),
                group_id: *id,
                key_log_tip_hash: group.fake.log.tip_hash(),
                row: Row::Head(envelope.to_vec()),
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
        let head = group.head().ok_or_else(|| no_head(id))?;
        let now = group.fake.manifest();
        let remembered = from.and_then(|from| Some((from, group.history.get(&from)?)));
        let (basis, removals, leaves) = match remembered {
            Some((from, then)) => {
                let difference = Manifest::difference(then, &now);
                (Some(from), difference.removals, difference.puts)
            }
            None => (None, Vec::new(), now.into_leaves()),
        };
        Ok(Snapshot {
            key_log: group.fake.log.envelopes(),
            head: Some(SnapshotHead {
                envelope: head.envelope().to_vec(),
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
            let envelope = group.head()?.envelope().to_vec();
            Some((envelope, group.fake.manifest()))
        }))
    }

    async fn bodies(
        &self,
        id: &GroupId,
        _view: &View,
        hashes: &[RecordHash],
    ) -> Result<Vec<Option<Vec<u8>>>, Failure> {
        let groups = self.groups.lock().unwrap();
        let body = |hash: &RecordHash| {
            let group = groups.get(id)?;
            // By the leaves: hashing every record for each body would take seconds.
            let manifest = group.history.get(&group.head()?.hash())?;
            let mut leaves = manifest.leaves().iter();
            let leaf = leaves.find(|leaf| leaf.record_hash == *hash)?;
            let record = group.fake.records.get(&leaf.name)?;
            (!group.lost.contains(hash)).then(|| record.clone())
        };
        Ok(hashes.iter().map(body).collect())
    }
}
