//! Signs a group's head over its public records.

pub(crate) mod guard;
mod stop;

use hedgerow_core::head::{HeadDraft, HeadError, Indexing, Position, Seq, VerifiedHead};
use hedgerow_core::id::{GroupId, PayloadHash};
use hedgerow_core::key_log::{KeyLog, KeyLogError};
use hedgerow_core::keys::SigningKey;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::{Manifest, TreeError};

use crate::config::IndexingChoice;
use crate::group::Group;
use crate::shared::Shared;
use crate::signing::guard::{SigningBlocked, Stop, may_sign};
use crate::store::{StoreError, StoredHead, Transaction};

/// The gap that a forced head leaves, over heads that may have been signed and lost. No
/// group signs a million heads between two backups.
const FORCED_SEQ_GAP: u64 = 1_000_000;

/// When to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// Only if the head would differ from the newest one, or that one is due for renewal.
    Needed,
    /// Even if nothing has changed.
    Always,
}

/// The result of [`sign`].
#[derive(Clone, Debug)]
pub(crate) enum Signed {
    /// A new head is stored. It may be announced once the transaction is committed.
    New {
        envelope: Vec<u8>,
        /// Its revision in the store.
        revision: i64,
    },
    /// There is nothing new to sign.
    Unchanged,
    /// Signing is blocked; edits wait.
    Blocked(SigningBlocked),
}

/// An internal failure to sign; [`SigningBlocked`] has the expected reasons.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SigningError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("stored key log failed verification")]
    KeyLog(#[from] KeyLogError),
    #[error("cannot sign a valid head")]
    Head(#[from] HeadError),
    #[error("cannot build a manifest from the stored records")]
    Tree(#[from] TreeError),
}

/// Signs and stores a group's public head, within a transaction that the caller commits.
/// The caller holds the group's edit lock.
pub(crate) async fn sign(
    shared: &Shared,
    group: &Group,
    writing: &mut Transaction,
    when: When,
) -> Result<Signed, SigningError> {
    let view = View::public();
    let now = shared.now();
    let key_log = KeyLog::verify(writing.key_log(&group.id).await?)?;
    let newest = writing.head(&group.id, &view).await?;
    let permit = match may_sign(&group.guard, &key_log, newest.as_ref(), now) {
        Ok(permit) => permit,
        Err(blocked) => {
            group.set_edits_waiting(true);
            return Ok(Signed::Blocked(blocked));
        }
    };
    group.set_edits_waiting(false);
    let manifest = Manifest::new(writing.public_leaves(&group.id).await?)?;
    // A group that has never published needs no empty head; one that has withdrawn its
    // last record does.
    if newest.is_none() && manifest.is_empty() {
        return Ok(Signed::Unchanged);
    }
    let indexing = indexing(shared, group, writing).await?;
    let needed = when == When::Always
        || permit.leave_gap
        || is_needed(shared, &key_log, newest.as_ref(), &manifest, &indexing, now)?;
    if !needed {
        return Ok(Signed::Unchanged);
    }

    let Some(position) = next_position(&key_log, newest.as_ref(), permit.leave_gap) else {
        return Ok(Signed::Blocked(SigningBlocked::Stopped(
            Stop::seq_exhausted(),
        )));
    };
    let draft = HeadDraft {
        group_id: group.id,
        view: view.clone(),
        key_index: position.key_index,
        key_event_hash: key_log.tip_hash(),
        seq: position.seq,
        root: manifest.root(),
        count: manifest.count(),
        previous: previous(newest.as_ref(), position),
        issue_time: now,
        expire_time: now.plus(shared.config.head_life()),
        endpoint: shared.config.public_endpoint.clone(),
        indexing,
    };
    let key = signing_key(writing, &group.id).await?;
    let envelope = draft.sign(&key);
    // Verifying our own head catches a seed that does not belong to the key log, before
    // anyone else sees the head.
    let head = VerifiedHead::verify(&envelope, &key_log)?;
    let revision = writing
        .put_head(&group.id, &view, &envelope, &head.hash(), position, now)
        .await?;
    Ok(Signed::New { envelope, revision })
}

/// Signs if needed, commits, and notifies the delivery workers.
pub(crate) async fn refresh(
    shared: &Shared,
    group: &Group,
    when: When,
) -> Result<Signed, SigningError> {
    let _edits = group.edit_lock.lock().await;
    let mut writing = shared.store.write().await?;
    let signed = sign(shared, group, &mut writing, when).await?;
    if let Signed::New { revision, .. } = &signed {
        writing.commit().await?;
        shared.head_committed(group, *revision);
    }
    Ok(signed)
}

/// Builds the indexing permission of a group. `named` lists aggregators by id,
/// so one whose identity is not pinned yet is added to a later head.
async fn indexing(
    shared: &Shared,
    group: &Group,
    reading: &mut Transaction,
) -> Result<Indexing, StoreError> {
    match shared.config.indexing {
        IndexingChoice::Anyone => Ok(Indexing::Anyone),
        IndexingChoice::Nobody => Ok(Indexing::Nobody),
        IndexingChoice::Named => {
            let mut named = Vec::new();
            for address in shared.aggregators_of(&group.id) {
                if let Some(known) = reading.aggregator(&address.to_string()).await? {
                    named.push(known.id);
                }
            }
            // The signed form requires an ordered list without duplicates.
            named.sort_unstable();
            named.dedup();
            Ok(Indexing::Named(named))
        }
    }
}

fn is_needed(
    shared: &Shared,
    key_log: &KeyLog,
    newest: Option<&StoredHead>,
    manifest: &Manifest,
    indexing: &Indexing,
    now: Timestamp,
) -> Result<bool, HeadError> {
    let Some(newest) = newest else {
        return Ok(true);
    };
    // A key event invalidates every head signed under an earlier one.
    if newest.position.key_index != key_log.tip_index() {
        return Ok(true);
    }
    let head = VerifiedHead::verify(&newest.envelope, key_log)?;
    let unchanged = head.root() == manifest.root()
        && head.indexing() == indexing
        && head.endpoint() == shared.config.public_endpoint.as_ref();
    Ok(!unchanged || newest.issue_time.plus(shared.config.heartbeat_every()) <= now)
}

/// Returns the position of the next head; `None` if the sequence numbers are used up.
fn next_position(
    key_log: &KeyLog,
    newest: Option<&StoredHead>,
    leave_gap: bool,
) -> Option<Position> {
    let key_index = key_log.tip_index();
    // Under a new key event the sequence starts again.
    let newest = newest.filter(|newest| newest.position.key_index == key_index);
    let seq = match (newest, leave_gap) {
        (None, false) => Seq::FIRST,
        (None, true) => Seq::FIRST.skip(FORCED_SEQ_GAP)?,
        (Some(newest), false) => newest.position.seq.next()?,
        (Some(newest), true) => newest.position.seq.skip(FORCED_SEQ_GAP)?,
    };
    Some(Position { key_index, seq })
}

/// Returns the hash of the previous head under the same key event.
fn previous(newest: Option<&StoredHead>, position: Position) -> Option<PayloadHash> {
    newest
        .filter(|newest| newest.position.key_index == position.key_index)
        .map(|newest| newest.hash)
}

/// Reads the signing key. It is read for each head and dropped after it, so that an idle
/// node has no keys in memory.
async fn signing_key(
    reading: &mut Transaction,
    group: &GroupId,
) -> Result<SigningKey, SigningError> {
    let seed = reading.signing_seed(group).await?;
    Ok(SigningKey::from_seed(*seed))
}
