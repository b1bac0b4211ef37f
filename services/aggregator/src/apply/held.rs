//! What is held of a group before a transfer, verified again from its bytes.

use std::sync::Arc;

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::{KeyLog, KeyLogError};
use hedgerow_core::name::View;
use hedgerow_core::sync::Held;
use hedgerow_core::tree::Manifest;
use hedgerow_rpc::failure::Failure;

use crate::store::{GroupRow, Inconsistency, Store, StoreError, StoredHead, ViewState};

/// What is held of a group and view.
pub(crate) struct Holding {
    pub group_id: GroupId,
    pub view: View,
    pub row: Option<GroupRow>,
    pub key_log: Option<KeyLog>,
    /// Branches of the key log beside the one held.
    pub rivals: Vec<KeyLog>,
    pub stored: Option<StoredHead>,
    pub head: Option<VerifiedHead>,
    /// The leaves under the head; none where they are not held.
    pub manifest: Manifest,
    pub state: ViewState,
    /// The highest head ever accepted, where that is not the one held.
    pub highest: Option<VerifiedHead>,
}

impl Holding {
    pub(crate) async fn load(
        store: &Arc<dyn Store>,
        group: &GroupId,
        view: &View,
    ) -> Result<Self, Failure> {
        let row = store.group(group).await?;
        let envelopes = store.key_log(group).await?;
        let key_log = if envelopes.is_empty() {
            None
        } else {
            Some(KeyLog::verify(&envelopes).map_err(|_| damaged("key_event", group))?)
        };
        let state = store.view_state(group, view).await?;
        // Leaves first: a head that is read later may only be a newer one, and then the
        // commit finds out.
        let (stored, manifest) = match store.manifest(group, view).await? {
            Some((stored, manifest)) => (Some(stored), manifest),
            None => (store.head(group, view).await?, Manifest::empty()),
        };
        let past = |envelope: &[u8]| match &key_log {
            Some(log) => Ok(VerifiedHead::verify_past(envelope, log).ok()),
            None => Err(damaged("key_event", group)),
        };
        let head = match &stored {
            Some(stored) => past(&stored.envelope)?,
            None => None,
        };
        let highest = match &state.highest {
            Some(envelope) if state.highest_hash != stored.as_ref().map(|held| held.hash) => {
                past(envelope)?
            }
            _ => None,
        };
        let rivals = match &key_log {
            Some(log) if row.as_ref().is_some_and(|row| row.forked) => {
                branches(log, &store.rivals(group).await?)
            }
            _ => Vec::new(),
        };
        Ok(Self {
            group_id: *group,
            view: view.clone(),
            row,
            key_log,
            rivals,
            stored,
            head,
            manifest,
            state,
            highest,
        })
    }

    pub(crate) fn is_known(&self) -> bool {
        self.row.is_some()
    }

    /// What a reader starts from. A whole manifest starts from no head, so that a rival's
    /// leaves can be read too; the order of heads is judged here, not there.
    pub(crate) fn as_basis(&self, whole: bool) -> Option<Held> {
        let key_log = self.key_log.clone()?;
        let held_whole = self.stored.as_ref().is_some_and(|stored| stored.whole);
        let (head, manifest) = if whole || !held_whole {
            (None, Manifest::empty())
        } else {
            (self.head.clone(), self.manifest.clone())
        };
        Some(Held {
            key_log,
            head,
            manifest,
        })
    }

    /// Whether the leaves under the head are held.
    pub(crate) fn is_whole(&self) -> bool {
        self.stored.as_ref().is_some_and(|stored| stored.whole)
    }
}

/// The rival branches that the stored events make: each event follows the log held, or a
/// branch already made.
fn branches(held: &KeyLog, rivals: &[Vec<u8>]) -> Vec<KeyLog> {
    let mut branches: Vec<KeyLog> = Vec::new();
    for envelope in rivals {
        let grown = branches
            .iter_mut()
            .any(|branch| branch.append(envelope).is_ok());
        if grown {
            continue;
        }
        if let Err(KeyLogError::Fork { index, rival, .. }) = held.clone().append(envelope)
            && let Ok(branch) = held.branch(index, &rival)
        {
            branches.push(branch);
        }
    }
    branches
}

fn damaged(table: &'static str, group: &GroupId) -> Failure {
    StoreError::from(Inconsistency::new(table, "envelope", group.to_string())).into()
}
