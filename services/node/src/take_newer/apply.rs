//! Taking a newer state: one transaction, in which the newer head becomes this node's
//! and the next one is signed over it.

use std::collections::BTreeMap;

use hedgerow_core::id::GroupId;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordKey;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::record::NewRecord;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::record::record_hash;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Leaf;

use super::Newer;
use super::TakeNewerError;
use super::TakenNewer;
use super::WhatHappens;
use crate::audience::Audience;
use crate::gate::Obstacle;
use crate::node::Shared;
use crate::signing::Signed;
use crate::signing::When;
use crate::signing::sign;
use crate::store::KeptRecord;
use crate::store::RecordToKeep;
use crate::store::Transaction;

pub(super) async fn apply(shared: &Shared, newer: Newer) -> Result<TakenNewer, TakeNewerError> {
    let (id, view) = (newer.publisher.group_id, View::public());
    let Some(group) = shared.groups.get(&id) else {
        return Err(TakeNewerError::NothingNewer);
    };
    let _edits = group.edits.lock().await;
    let mut writing = shared.store.write().await?;
    let taking = Taking {
        shared,
        group: id,
        what: newer
            .records
            .iter()
            .map(|record| (&record.name, record.what))
            .collect(),
    };
    // First the node is as the newer head says, to the letter …
    taking.set_aside(&mut writing).await?;
    for leaf in newer.manifest.leaves() {
        taking
            .take(&mut writing, leaf, newer.bodies.get(&leaf.record_hash))
            .await?;
    }
    let head = &newer.head;
    writing
        .put_head(
            &id,
            &view,
            head.envelope(),
            &head.hash(),
            head.position(),
            head.issued_at(),
        )
        .await?;
    // … then what was taken back here leaves it again.
    taking
        .drop_unwanted(&mut writing, newer.manifest.leaves())
        .await?;
    writing.clear_stop(&id, &view).await?;
    group.gate.released();
    match sign(shared, &group, &mut writing, When::Always).await? {
        Signed::New { revision, .. } => {
            let records = writing.leaves(&id, &view).await?.len();
            let seq = writing
                .head(&id, &view)
                .await?
                .map(|head| head.position.seq.get());
            writing.commit().await?;
            group.gate.signed();
            shared.tell_of_head(&group, revision);
            Ok(TakenNewer {
                seq: seq.unwrap_or_default(),
                records: u32::try_from(records).unwrap_or(u32::MAX),
            })
        }
        Signed::Waits(Obstacle::Stopped(stopped)) => Err(TakeNewerError::InTheWay(stopped.words)),
        Signed::Waits(Obstacle::WaitingForAnswer) | Signed::Unchanged => Err(
            TakeNewerError::InTheWay("there was nothing to sign".to_owned()),
        ),
    }
}

struct Taking<'a> {
    shared: &'a Shared,
    group: GroupId,
    what: BTreeMap<&'a RecordName, WhatHappens>,
}

impl Taking<'_> {
    /// Moves waiting edits out of the public view, and forgets what went.
    async fn set_aside(&self, writing: &mut Transaction) -> Result<(), TakeNewerError> {
        for (name, what) in &self.what {
            match what {
                // What was taken back may be kept here, privately, in another version.
                WhatHappens::SetAside | WhatHappens::StaysTakenBack => {
                    if let Some(record) = writing.record(&self.group, name).await? {
                        self.keep_privately(writing, record).await?;
                    }
                }
                WhatHappens::Goes => writing.delete_record(&self.group, name).await?,
                WhatHappens::Comes | WhatHappens::Replaced | WhatHappens::Lost => {}
            }
        }
        Ok(())
    }

    /// Keeps an edit on the node only, under a name of its own: its old name may be
    /// taken by the newer version.
    async fn keep_privately(
        &self,
        writing: &mut Transaction,
        record: KeptRecord,
    ) -> Result<(), TakeNewerError> {
        let kept = record.kept;
        let Some(bytes) = writing.body(&self.group, &kept.hash).await? else {
            return Ok(());
        };
        let parsed = ParsedRecord::parse_within(&bytes, &self.group, bytes.len())?;
        let name = RecordName {
            collection: kept.name.collection.clone(),
            key: RecordKey::random(self.shared.bytes()),
        };
        let message = parsed.message();
        let bytes = NewRecord {
            group_id: self.group,
            name: name.clone(),
            nonce: self.shared.bytes(),
            created_at: kept.created_at,
            updated_at: kept.updated_at,
            language: message.language.clone(),
            body: message.body.clone(),
            subject: message.subject.clone(),
        }
        .encode();
        let copy = RecordToKeep {
            name,
            audience: Audience::NodeOnly,
            hash: record_hash(&bytes),
            length: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            ..kept.clone()
        };
        writing.delete_record(&self.group, &kept.name).await?;
        writing
            .erase_body_if_unused(&self.group, &kept.hash)
            .await?;
        writing.put_body(&self.group, &copy.hash, &bytes).await?;
        writing.put_record(&self.group, &copy).await?;
        Ok(())
    }

    /// Takes one record of the newer head.
    async fn take(
        &self,
        writing: &mut Transaction,
        leaf: &Leaf,
        fetched: Option<&Vec<u8>>,
    ) -> Result<(), TakeNewerError> {
        if !self.what.contains_key(&leaf.name) {
            return Ok(());
        }
        let own = match fetched {
            Some(_) => None,
            None => writing.body(&self.group, &leaf.record_hash).await?,
        };
        let (mut created_at, mut updated_at) = (self.shared.now(), self.shared.now());
        if let Some(bytes) = fetched.or(own.as_ref()) {
            (created_at, updated_at) = times(bytes, &self.group)?;
            writing
                .put_body(&self.group, &leaf.record_hash, bytes)
                .await?;
        }
        let record = RecordToKeep {
            name: leaf.name.clone(),
            audience: Audience::Public,
            hash: leaf.record_hash,
            length: leaf.length,
            adjustments: Vec::new(),
            // Never left this machine, so that nobody has it to give back.
            consent: None,
            created_at,
            updated_at,
        };
        writing.put_record(&self.group, &record).await?;
        Ok(())
    }

    async fn drop_unwanted(
        &self,
        writing: &mut Transaction,
        leaves: &[Leaf],
    ) -> Result<(), TakeNewerError> {
        for leaf in leaves {
            let unwanted = matches!(
                self.what.get(&leaf.name),
                Some(WhatHappens::StaysTakenBack | WhatHappens::Lost)
            ) || !self.is_here(writing, &leaf.record_hash).await?;
            if unwanted {
                writing.delete_record(&self.group, &leaf.name).await?;
                writing.erase_body(&self.group, &leaf.record_hash).await?;
            }
        }
        Ok(())
    }

    async fn is_here(
        &self,
        writing: &mut Transaction,
        hash: &RecordHash,
    ) -> Result<bool, TakeNewerError> {
        Ok(writing.body(&self.group, hash).await?.is_some())
    }
}

fn times(bytes: &[u8], group: &GroupId) -> Result<(Timestamp, Timestamp), TakeNewerError> {
    let record = ParsedRecord::parse_within(bytes, group, bytes.len())?;
    Ok((record.created_at(), record.updated_at()))
}
