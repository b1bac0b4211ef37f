//! What is held of a group before a transfer, verified again from its bytes.

use std::sync::Arc;

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyEventEntry;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::View;
use hedgerow_core::sync::Held;
use hedgerow_core::tree::Manifest;
use hedgerow_rpc::failure::Failure;

use crate::store::GroupRow;
use crate::store::Inconsistency;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::StoredHead;
use crate::store::ViewState;

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
    /// What is held of a group of which nothing is known.
    pub(crate) fn nothing(group_id: GroupId, view: View) -> Self {
        Self {
            group_id,
            view,
            row: None,
            key_log: None,
            rivals: Vec::new(),
            stored: None,
            head: None,
            manifest: Manifest::empty(),
            state: ViewState::default(),
            highest: None,
        }
    }

    /// What is held of a known group.
    pub(crate) async fn load(
        store: &Arc<dyn Store>,
        row: GroupRow,
        view: &View,
    ) -> Result<Self, Failure> {
        let group = &row.group_id;
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
            Some(log) if row.forked => branches(log, &store.rivals(group).await?),
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
            state,
            highest,
        })
    }

    /// What is held of a known group as far as a further head alone can be judged by it: a few
    /// rows and at most two signatures, however long its key log and manifest are.
    pub(crate) async fn brief(
        store: &Arc<dyn Store>,
        row: GroupRow,
        view: &View,
    ) -> Result<Self, Failure> {
        let group = row.group_id;
        let state = store.view_state(&group, view).await?;
        let stored = store.head(&group, view).await?;
        let head = match &stored {
            Some(held) => past(store, &group, held.position.key_index, &held.envelope).await?,
            None => None,
        };
        let highest = match (&state.highest, state.highest_position) {
            (Some(envelope), Some(position))
                if state.highest_hash != stored.as_ref().map(|held| held.hash) =>
            {
                past(store, &group, position.key_index, envelope).await?
            }
            _ => None,
        };
        Ok(Self {
            group_id: group,
            view: view.clone(),
            row: Some(row),
            key_log: None,
            rivals: Vec::new(),
            stored,
            head,
            manifest: Manifest::empty(),
            state,
            highest,
        })
    }

    pub(crate) fn is_known(&self) -> bool {
        self.row.is_some()
    }

    /// The key log that a transfer brought of a group that is not known yet.
    pub(crate) fn begins(&self) -> Option<&KeyLog> {
        self.key_log.as_ref().filter(|_| !self.is_known())
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

/// A head that was held under an event of the key log held; none where that event has made way
/// for another since.
async fn past(
    store: &Arc<dyn Store>,
    group: &GroupId,
    index: u32,
    envelope: &[u8],
) -> Result<Option<VerifiedHead>, Failure> {
    let Some(event) = stored_event(store, group, index).await? else {
        return Ok(None);
    };
    Ok(VerifiedHead::verify_under(envelope, group, &event).ok())
}

/// One event of the key log held, which was verified before it was stored.
pub(crate) async fn stored_event(
    store: &Arc<dyn Store>,
    group: &GroupId,
    index: u32,
) -> Result<Option<KeyEventEntry>, Failure> {
    let Some(envelope) = store.key_event(group, index).await? else {
        return Ok(None);
    };
    let event = KeyEventEntry::stored(&envelope).map_err(|_| damaged("key_event", group))?;
    Ok(Some(event))
}

/// The rival branches that the stored events make: each event follows the log held, or a
/// branch already made. Which of them, its previous hash tells, so that each is verified once.
fn branches(held: &KeyLog, rivals: &[Vec<u8>]) -> Vec<KeyLog> {
    let mut branches: Vec<KeyLog> = Vec::new();
    for envelope in rivals {
        let continued = branches
            .iter_mut()
            .find(|branch| branch.parent_of(envelope) == Some(branch.tip_index()));
        if let Some(branch) = continued {
            if branch.append(envelope).is_err() {
                tracing::warn!(group = %held.group_id(), "a rival key event kept does not hold");
            }
        } else if let Some(parent) = held.parent_of(envelope)
            && let Ok(branch) = held.branch(parent + 1, envelope)
            && held.fork_index(&branch).is_some()
        {
            branches.push(branch);
        }
    }
    branches
}

fn damaged(table: &'static str, group: &GroupId) -> Failure {
    StoreError::from(Inconsistency::new(table, "envelope", group.to_string())).into()
}
