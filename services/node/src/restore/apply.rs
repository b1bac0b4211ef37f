//! Applies a remote state in one transaction: its head becomes this node's newest, and the
//! next head is signed over the result.

use std::collections::BTreeMap;

use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::{RecordKey, RecordName, View};
use hedgerow_core::record::{NewRecord, ParsedRecord, record_hash};
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;

use super::error::RestoreError;
use super::state::{RemoteState, RestoreEffect, Restored};
use crate::audience::Audience;
use crate::shared::Shared;
use crate::signing::guard::SigningBlocked;
use crate::signing::{Signed, When, sign};
use crate::store::{RecordEntry, StoredRecord, Transaction};

pub(super) async fn apply(shared: &Shared, remote: RemoteState) -> Result<Restored, RestoreError> {
    let (id, view) = (remote.group_id, View::public());
    let Some(group) = shared.groups.get(&id) else {
        return Err(RestoreError::UpToDate);
    };
    let _edits = group.edit_lock.lock().await;
    let mut writing = shared.store.write().await?;
    take_records(shared, &mut writing, &remote).await?;
    writing.clear_stop(&id, &view).await?;
    group.guard.release();
    match sign(shared, &group, &mut writing, When::Always).await? {
        Signed::New { revision, .. } => {
            let records = writing.leaves(&id, &view).await?.len();
            let head = writing.head(&id, &view).await?;
            writing.commit().await?;
            shared.head_committed(&group, revision);
            Ok(Restored {
                seq: head.map_or(0, |head| head.position.seq.get()),
                records: u32::try_from(records).unwrap_or(u32::MAX),
            })
        }
        Signed::Blocked(SigningBlocked::Stopped(stop)) => Err(RestoreError::Blocked(stop.message)),
        Signed::Blocked(SigningBlocked::WaitingForAggregator) | Signed::Unchanged => Err(
            RestoreError::Blocked("there was nothing to sign".to_owned()),
        ),
    }
}

/// Makes a remote state this node's newest: its head, and its records except those that stay
/// withdrawn. The caller signs the next head over the result.
pub(crate) async fn take_records(
    shared: &Shared,
    writing: &mut Transaction,
    remote: &RemoteState,
) -> Result<(), RestoreError> {
    let (id, view) = (remote.group_id, View::public());
    let restore = Restore {
        shared,
        group: id,
        effects: remote
            .changes
            .iter()
            .map(|change| (&change.name, change.effect))
            .collect(),
    };
    // `put_head` makes the public records its leaves, so they must first equal the remote
    // manifest exactly …
    restore.clear_local(writing).await?;
    for leaf in remote.manifest.leaves() {
        let body = remote.bodies.get(&leaf.record_hash);
        restore.put(writing, leaf, body).await?;
    }
    let head = &remote.head;
    writing
        .put_head(
            &id,
            &view,
            head.envelope(),
            &head.hash(),
            head.position(),
            head.issue_time(),
        )
        .await?;
    // … and only then can records leave again, so that followers get removals for them.
    restore
        .drop_unwanted(writing, remote.manifest.leaves())
        .await?;
    Ok(())
}

struct Restore<'a> {
    shared: &'a Shared,
    group: GroupId,
    effects: BTreeMap<&'a RecordName, RestoreEffect>,
}

impl Restore<'_> {
    /// Moves waiting edits out of the public view, and deletes removed records.
    async fn clear_local(&self, writing: &mut Transaction) -> Result<(), RestoreError> {
        for (name, effect) in &self.effects {
            match effect {
                // A withdrawn record may still exist here as a private version.
                RestoreEffect::SetAside | RestoreEffect::StaysWithdrawn => {
                    if let Some(record) = writing.record(&self.group, name).await? {
                        self.set_aside(writing, record).await?;
                    }
                }
                RestoreEffect::Removed => writing.delete_record(&self.group, name).await?,
                RestoreEffect::Added
                | RestoreEffect::Replaced
                | RestoreEffect::LeftOut
                | RestoreEffect::Lost => {}
            }
        }
        Ok(())
    }

    /// Keeps an edit on the node only, under a new random key: the newer version may need
    /// the old name.
    async fn set_aside(
        &self,
        writing: &mut Transaction,
        record: StoredRecord,
    ) -> Result<(), RestoreError> {
        let entry = record.entry;
        let Some(bytes) = writing.body(&self.group, &entry.hash).await? else {
            return Ok(());
        };
        let parsed = ParsedRecord::parse_within(&bytes, &self.group, bytes.len())?;
        let name = RecordName {
            collection: entry.name.collection.clone(),
            key: RecordKey::random(self.shared.bytes()),
        };
        let message = parsed.message();
        let bytes = NewRecord {
            group_id: self.group,
            name: name.clone(),
            nonce: self.shared.bytes(),
            create_time: entry.create_time,
            update_time: entry.update_time,
            language: message.language.clone(),
            body: message.body.clone(),
            subject: message.subject.clone(),
        }
        .encode();
        let copy = RecordEntry {
            name,
            audience: Audience::NodeOnly,
            hash: record_hash(&bytes),
            length: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            ..entry.clone()
        };
        writing.delete_record(&self.group, &entry.name).await?;
        writing
            .erase_body_if_unused(&self.group, &entry.hash)
            .await?;
        writing.put_body(&self.group, &copy.hash, &bytes).await?;
        writing.put_record(&self.group, &copy).await?;
        Ok(())
    }

    /// Stores one record of the remote manifest, unless this node has that version already.
    async fn put(
        &self,
        writing: &mut Transaction,
        leaf: &Leaf,
        fetched: Option<&Vec<u8>>,
    ) -> Result<(), RestoreError> {
        if !self.effects.contains_key(&leaf.name) {
            return Ok(());
        }
        let own = match fetched {
            Some(_) => None,
            None => writing.body(&self.group, &leaf.record_hash).await?,
        };
        // Without a body the record is dropped below, so its times do not matter.
        let (mut create_time, mut update_time) = (self.shared.now(), self.shared.now());
        if let Some(bytes) = fetched.or(own.as_ref()) {
            (create_time, update_time) = times(bytes, &self.group)?;
            writing
                .put_body(&self.group, &leaf.record_hash, bytes)
                .await?;
        }
        let record = RecordEntry {
            name: leaf.name.clone(),
            audience: Audience::Public,
            hash: leaf.record_hash,
            length: leaf.length,
            adjustments: Vec::new(),
            // Consents never leave a node, so no aggregator can return them.
            consent: None,
            create_time,
            update_time,
        };
        writing.put_record(&self.group, &record).await?;
        Ok(())
    }

    /// Deletes records that were withdrawn or left out here, and records without a body.
    async fn drop_unwanted(
        &self,
        writing: &mut Transaction,
        leaves: &[Leaf],
    ) -> Result<(), RestoreError> {
        for leaf in leaves {
            let unwanted = matches!(
                self.effects.get(&leaf.name),
                Some(RestoreEffect::StaysWithdrawn | RestoreEffect::LeftOut | RestoreEffect::Lost)
            ) || !self.has_body(writing, &leaf.record_hash).await?;
            if unwanted {
                writing.delete_record(&self.group, &leaf.name).await?;
                writing.erase_body(&self.group, &leaf.record_hash).await?;
            }
        }
        Ok(())
    }

    async fn has_body(
        &self,
        writing: &mut Transaction,
        hash: &RecordHash,
    ) -> Result<bool, RestoreError> {
        Ok(writing.body(&self.group, hash).await?.is_some())
    }
}

fn times(bytes: &[u8], group: &GroupId) -> Result<(Timestamp, Timestamp), RestoreError> {
    let record = ParsedRecord::parse_within(bytes, group, bytes.len())?;
    Ok((record.create_time(), record.update_time()))
}
