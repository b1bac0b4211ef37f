//! Applies a prepared change of keys in one transaction: key log, keys, records and head become
//! durable together, before anything leaves the node.

use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::keys::{EncryptionSecret, SigningKey};
use hedgerow_core::name::View;
use zeroize::Zeroizing;

use super::change::{Authority, KeyChange, KeyChanged};
use super::error::RecoveryError;
use crate::group::Group;
use crate::node::{Node, NodeError};
use crate::restore::take_records;
use crate::shared::Shared;
use crate::signing::guard::{SigningBlocked, Stop};
use crate::signing::{Signed, When, sign};
use crate::store::{HostedGroup, Seeds, StoredStop, Transaction};
use crate::token::{Token, token_hash};

/// Changes the keys of a group, or adds a group that was recovered.
pub(super) async fn change_keys(
    node: &Node,
    change: KeyChange,
    authority: Authority<'_>,
) -> Result<(KeyChanged, Arc<Group>), RecoveryError> {
    let shared = node.shared();
    let seeds = new_seeds(shared);
    let log = match (authority, &change.continuation) {
        (Authority::Phrase(phrase), Some(continuation)) => {
            let (signing, encryption) = public_keys(&seeds);
            continuation.rotate(phrase, &signing.public(), encryption)?
        }
        (Authority::Phrase(_), None) | (Authority::Commitment(_), _) => change.log.clone(),
    };
    let awaits_steward = log.tip_hash() == change.log.tip_hash();
    let token = Token::generate(shared.random.as_ref());
    let (hosted, is_new) = match &change.hosted {
        Some(hosted) => (hosted.clone(), false),
        None => (new_group(&change, &token), true),
    };
    let group = match shared.groups.get(&hosted.group_id) {
        Some(group) => group,
        None => Arc::new(Group::new(
            hosted.clone(),
            !shared.aggregators_of(&hosted.group_id).is_empty(),
            None,
        )),
    };
    let edits = group.edit_lock.lock().await;
    let mut writing = shared.store.write().await?;
    if is_new {
        let (signing, encryption) = (&seeds.signing, &seeds.encryption);
        writing
            .add_group(&hosted, signing, encryption, shared.now())
            .await?;
        writing.replace_key_log(&hosted.group_id, &log).await?;
    } else {
        let old_index = own_index(&mut writing, &hosted.group_id).await?;
        install_keys(shared, &mut writing, &log, &seeds, old_index).await?;
    }
    if let Some(remote) = &change.remote {
        take_records(shared, &mut writing, remote).await?;
    }
    if let Some(bundle) = &change.bundle {
        let newest = change.bundle_is_newest();
        bundle.put(&mut writing, newest, &change.leave_out).await?;
    }
    let signed = if awaits_steward {
        await_steward(shared, &group, &mut writing).await?;
        None
    } else {
        sign_first(shared, &group, &mut writing).await?
    };
    let view = View::public();
    let records = writing.public_leaves(&hosted.group_id).await?.len();
    let head = writing.head(&hosted.group_id, &view).await?;
    writing.commit().await?;
    drop(edits);
    if is_new {
        shared.groups.add_shared(Arc::clone(&group));
    }
    if let Some(revision) = signed {
        shared.head_committed(&group, revision);
    }
    let token_file = if is_new {
        Some(node.write_steward_file(&change.label, hosted.group_id, &token)?)
    } else {
        None
    };
    let changed = KeyChanged {
        group_id: hosted.group_id,
        key_index: log.tip_index(),
        seq: signed.and(head).map(|head| head.position.seq.get()),
        records: u32::try_from(records).unwrap_or(u32::MAX),
        token_file,
        awaits_steward,
        delivered: Vec::new(),
    };
    Ok((changed, group))
}

/// Stores a deactivation.
pub(super) async fn end_group(
    shared: &Shared,
    hosted: &HostedGroup,
    log: &KeyLog,
) -> Result<Arc<Group>, RecoveryError> {
    let id = &hosted.group_id;
    let group = shared
        .groups
        .get(id)
        .ok_or_else(|| NodeError::NoSuchGroup(hosted.label.clone()))?;
    let edits = group.edit_lock.lock().await;
    let mut writing = shared.store.write().await?;
    let revision = writing.replace_key_log(id, log).await?;
    writing.clear_stop(id, &View::public()).await?;
    writing.commit().await?;
    group.guard.stop(Stop::deactivated());
    shared.notify_new_head(&group, revision);
    drop(edits);
    Ok(group)
}

/// Installs new keys and ends every stop: it was about the keys before.
pub(crate) async fn install_keys(
    shared: &Shared,
    writing: &mut Transaction,
    log: &KeyLog,
    seeds: &Seeds,
    old_index: u32,
) -> Result<(), RecoveryError> {
    let id = log.group_id();
    writing.replace_key_log(&id, log).await?;
    writing
        .replace_seeds(&id, seeds, old_index, shared.now())
        .await?;
    writing.delete_pending_seeds(&id).await?;
    writing.clear_stop(&id, &View::public()).await?;
    Ok(())
}

/// Signs the first head under new keys, and returns its revision. `None` if the group has never
/// published and has no records.
pub(crate) async fn sign_first(
    shared: &Shared,
    group: &Group,
    writing: &mut Transaction,
) -> Result<Option<i64>, RecoveryError> {
    let stop = group.guard.stopped();
    // The aggregators have answered in this command.
    group.guard.release();
    let signed = sign(shared, group, writing, When::Always).await;
    if let Some(stop) = stop
        && !matches!(&signed, Ok(Signed::New { .. } | Signed::Unchanged))
    {
        // The transaction is dropped, and with it the new keys.
        group.guard.stop(stop);
    }
    match signed? {
        Signed::New { revision, .. } => Ok(Some(revision)),
        Signed::Unchanged => Ok(None),
        Signed::Blocked(SigningBlocked::Stopped(stop)) => Err(RecoveryError::Blocked(stop.message)),
        Signed::Blocked(SigningBlocked::WaitingForAggregator) => Err(RecoveryError::Blocked(
            "no aggregator has answered".to_owned(),
        )),
    }
}

/// Prepares keys for the steward to sign, and stops signing until then.
async fn await_steward(
    shared: &Shared,
    group: &Group,
    writing: &mut Transaction,
) -> Result<(), RecoveryError> {
    let (seeds, stop) = (new_seeds(shared), Stop::awaiting_key_event());
    let stored = StoredStop {
        reason: stop.reason.as_str().to_owned(),
        head: Vec::new(),
        aggregator: String::new(),
    };
    let now = shared.now();
    writing.put_pending_seeds(&group.id, &seeds, now).await?;
    writing
        .put_stop(&group.id, &View::public(), &stored, now)
        .await?;
    group.guard.stop(stop);
    Ok(())
}

fn new_group(change: &KeyChange, token: &Token) -> HostedGroup {
    HostedGroup {
        group_id: change.group_id(),
        label: change.label.clone(),
        token_hash: token_hash(token.as_str()),
    }
}

/// The index of the last event in the stored log, which announced the stored keys.
pub(crate) async fn own_index(
    writing: &mut Transaction,
    group: &GroupId,
) -> Result<u32, RecoveryError> {
    let events = writing.key_log(group).await?.len();
    Ok(u32::try_from(events.saturating_sub(1)).unwrap_or(u32::MAX))
}

pub(crate) fn new_seeds(shared: &Shared) -> Seeds {
    Seeds {
        signing: Zeroizing::new(shared.bytes()),
        encryption: Zeroizing::new(shared.bytes()),
    }
}

pub(crate) fn public_keys(seeds: &Seeds) -> (SigningKey, [u8; 32]) {
    (
        SigningKey::from_seed(*seeds.signing),
        EncryptionSecret::from_seed(*seeds.encryption).public(),
    )
}
