//! The stored state of a group before a transfer, verified again from its bytes.

use std::sync::Arc;

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::{GroupId, PayloadHash};
use hedgerow_core::key_log::{KeyEventEntry, KeyLog};
use hedgerow_core::name::View;
use hedgerow_core::sync::{ReceiverState, SyncError};
use hedgerow_core::tree::Manifest;
use hedgerow_store::{GroupRow, Inconsistency, Store, StoredHead, ViewState};
use hedgerow_transport::failure::Failure;

use crate::admission::KnownGroup;
use crate::failure::{OrFailure, store_failure};

/// A group and view as they are stored.
pub(crate) struct GroupState {
    pub group_id: GroupId,
    pub view: View,
    pub row: Option<GroupRow>,
    pub key_log: Option<KeyLog>,
    /// Further branches of the key log.
    pub rivals: Vec<KeyLog>,
    pub stored: Option<StoredHead>,
    /// The stored head, if it still verifies.
    pub head: Option<VerifiedHead>,
    /// The leaves under the head; empty if they are not stored.
    pub manifest: Manifest,
    pub view_state: ViewState,
    /// The highest head ever accepted, if it is not the stored one.
    pub highest: Option<VerifiedHead>,
}

impl GroupState {
    /// Makes the state of a group that is not stored.
    pub(super) fn unknown(group_id: GroupId, view: View) -> Self {
        Self {
            group_id,
            view,
            row: None,
            key_log: None,
            rivals: Vec::new(),
            stored: None,
            head: None,
            manifest: Manifest::empty(),
            view_state: ViewState::default(),
            highest: None,
        }
    }

    /// Loads and verifies all that a transfer of a known group may build on.
    pub(super) async fn load(
        store: &Arc<dyn Store>,
        row: GroupRow,
        view: &View,
    ) -> Result<Self, Failure> {
        let group = &row.group_id;
        let envelopes = store.key_log(group).await.or_failure()?;
        let key_log = if envelopes.is_empty() {
            None
        } else {
            Some(KeyLog::from_stored(&envelopes).map_err(|_| corrupt("key_event", group))?)
        };
        let view_state = store.view_state(group, view).await.or_failure()?;
        // The manifest before the head: a head that is read later can only be a newer one, and
        // then the commit fails its comparison.
        let (stored, manifest) = match store.manifest(group, view).await.or_failure()? {
            Some((stored, manifest)) => (Some(stored), manifest),
            None => (
                store.head(group, view).await.or_failure()?,
                Manifest::empty(),
            ),
        };
        let verify = |envelope: &[u8]| match &key_log {
            Some(log) => Ok(VerifiedHead::verify_past(envelope, log).ok()),
            None => Err(corrupt("key_event", group)),
        };
        let head = match &stored {
            Some(stored) => verify(&stored.facts.envelope)?,
            None => None,
        };
        let highest = match &view_state.highest {
            Some(envelope)
                if view_state.highest_hash != stored.as_ref().map(|it| it.facts.hash) =>
            {
                verify(envelope)?
            }
            _ => None,
        };
        let rivals = match &key_log {
            Some(log) if row.forked => {
                log.rival_branches(store.rival_key_events(group).await.or_failure()?)
            }
            _ => Vec::new(),
        };
        Ok(Self {
            group_id: *group,
            view: view.clone(),
            row: Some(row),
            key_log,
            rivals,
            stored,
            head,
            manifest,
            view_state,
            highest,
        })
    }

    /// Loads what a single head is evaluated against: a few rows and at most two signatures,
    /// however long the key log and the manifest are. An announcement may cost no more.
    pub(crate) async fn load_heads(
        store: &Arc<dyn Store>,
        row: GroupRow,
        view: &View,
    ) -> Result<Self, Failure> {
        let group = row.group_id;
        let view_state = store.view_state(&group, view).await.or_failure()?;
        let stored = store.head(&group, view).await.or_failure()?;
        let head = match &stored {
            Some(it) => {
                verify_stored(
                    store,
                    &group,
                    it.facts.position.key_index,
                    &it.facts.envelope,
                )
                .await?
            }
            None => None,
        };
        let highest = match (&view_state.highest, view_state.highest_position) {
            (Some(envelope), Some(position))
                if view_state.highest_hash != stored.as_ref().map(|it| it.facts.hash) =>
            {
                verify_stored(store, &group, position.key_index, envelope).await?
            }
            _ => None,
        };
        Ok(Self {
            row: Some(row),
            stored,
            head,
            view_state,
            highest,
            ..Self::unknown(group, view.clone())
        })
    }

    pub(super) fn is_known(&self) -> bool {
        self.row.is_some()
    }

    /// Returns the facts that admission compares a head with.
    pub(crate) fn known(&self) -> KnownGroup<'_> {
        KnownGroup {
            excluded: self.row.as_ref().is_some_and(|row| row.exclusion.is_some()),
            forked: self.row.as_ref().is_some_and(|row| row.forked),
            frozen_index: self.view_state.frozen_index,
            stored_hash: self.stored_hash(),
            stored: self.head.as_ref(),
            highest: self.highest.as_ref(),
        }
    }

    pub(super) fn stored_hash(&self) -> Option<PayloadHash> {
        self.stored.as_ref().map(|stored| stored.facts.hash)
    }

    /// Returns the key log that a transfer brought, while it is not stored: the group begins with
    /// it.
    pub(super) fn new_key_log(&self) -> Option<&KeyLog> {
        self.key_log.as_ref().filter(|_| !self.is_known())
    }

    /// Returns the key-log tip under which the heads were verified.
    pub(super) fn tip(&self) -> Result<PayloadHash, Failure> {
        let read = self.key_log.as_ref().map(KeyLog::tip_hash);
        read.or_else(|| self.row.as_ref().map(|row| row.tip))
            .ok_or_else(|| SyncError::KeyLogMissing.into())
    }

    /// Returns the state that a reader starts from. For a whole manifest it has no head, so that
    /// the leaves of a rival can be read too; admission compares the heads, not the reader.
    pub(super) fn receiver_state(&self, whole: bool) -> Option<ReceiverState> {
        let key_log = self.key_log.clone()?;
        let (head, manifest) = if whole || !self.is_whole() {
            (None, Manifest::empty())
        } else {
            (self.head.clone(), self.manifest.clone())
        };
        Some(ReceiverState {
            key_log,
            head,
            manifest,
        })
    }

    /// Returns whether the leaves under the head are stored.
    pub(super) fn is_whole(&self) -> bool {
        self.stored.as_ref().is_some_and(|stored| stored.whole)
    }
}

/// Verifies a stored head under its event of the stored key log; `None` if another event has
/// replaced that one since.
async fn verify_stored(
    store: &Arc<dyn Store>,
    group: &GroupId,
    index: u32,
    envelope: &[u8],
) -> Result<Option<VerifiedHead>, Failure> {
    let Some(event) = stored_event(store, group, index).await? else {
        return Ok(None);
    };
    Ok(VerifiedHead::from_stored(envelope, group, &event).ok())
}

/// Reads one event of the stored key log. Its signature was verified before it was stored.
pub(crate) async fn stored_event(
    store: &Arc<dyn Store>,
    group: &GroupId,
    index: u32,
) -> Result<Option<KeyEventEntry>, Failure> {
    let Some(envelope) = store.key_event(group, index).await.or_failure()? else {
        return Ok(None);
    };
    let event = KeyEventEntry::from_stored(&envelope).map_err(|_| corrupt("key_event", group))?;
    Ok(Some(event))
}

fn corrupt(table: &'static str, group: &GroupId) -> Failure {
    store_failure(Inconsistency::new(table, "envelope", group.to_string()).into())
}
