//! Key events that stewards sign on their own devices, so that the words never reach the host.

use std::time::Duration;

use hedgerow_core::key_log::{KeyLog, KeyLogError};
use hedgerow_core::name::View;
use hedgerow_transport::failure::Failure;

use super::apply::{install_keys, new_seeds, own_index, public_keys, sign_first};
use super::error::RecoveryError;
use super::survey::survey;
use crate::group::Group;
use crate::shared::Shared;
use crate::signing::guard::{Stop, StopReason};
use crate::store::{Seeds, Transaction};

/// How long an aggregator may take to report what it holds: less than a client waits for the
/// draft.
const DRAFT_LIMIT: Duration = Duration::from_secs(8);

/// What a steward's device needs to make the next key event.
pub(crate) struct KeyEventDraft {
    pub(crate) signing_key: [u8; 32],
    pub(crate) encryption_key: [u8; 32],
    /// Every known branch of the key log. The first is the one that this node continues.
    pub(crate) branches: Vec<KeyLog>,
}

/// A key event in force, whose transaction the caller has committed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Committed {
    /// New keys, and the revision of the head under them.
    Rotated(Option<i64>),
    /// The end of the group, at a revision.
    Ended(i64),
}

impl Committed {
    /// Wakes everything that waits for the change. Only call this after it is durable.
    pub(crate) fn notify(self, shared: &Shared, group: &Group) {
        match self {
            Self::Rotated(Some(revision)) => shared.head_committed(group, revision),
            Self::Rotated(None) => {}
            Self::Ended(revision) => {
                group.guard.stop(Stop::deactivated());
                shared.notify_new_head(group, revision);
            }
        }
    }
}

/// Prepares new keys, and collects the branches of the key log from the aggregators. Calls before
/// the commit return the same keys.
pub(crate) async fn draft_key_event(
    shared: &Shared,
    group: &Group,
) -> Result<KeyEventDraft, Failure> {
    refuse_if_outdated(group)?;
    let own = KeyLog::verify(shared.store.read().await?.key_log(&group.id).await?)
        .map_err(Failure::internal)?;
    let addresses = shared.aggregators_of(&group.id);
    let survey = survey(shared, &addresses, &group.id, DRAFT_LIMIT).await;
    if !addresses.is_empty() && !survey.answered {
        return Err(Failure::failed_precondition(
            "no_aggregator_answered",
            format!(
                "no aggregator answered: without an answer, a second branch of the key log could \
                 be made. Try again later\n{}",
                survey.answers
            ),
        ));
    }
    let _edits = group.edit_lock.lock().await;
    let mut writing = shared.store.write().await?;
    let seeds = match writing.pending_seeds(&group.id).await? {
        Some(seeds) => seeds,
        None => {
            let seeds = new_seeds(shared);
            let now = shared.now();
            writing.put_pending_seeds(&group.id, &seeds, now).await?;
            seeds
        }
    };
    writing.commit().await?;
    let (signing, encryption_key) = public_keys(&seeds);
    Ok(KeyEventDraft {
        signing_key: *signing.public().as_bytes(),
        encryption_key,
        branches: [own].into_iter().chain(survey.logs).collect(),
    })
}

/// Verifies a key event that continues this node's log, and puts it in force within a transaction
/// that the caller commits. The caller holds the group's edit lock.
pub(crate) async fn commit_key_event(
    shared: &Shared,
    group: &Group,
    writing: &mut Transaction,
    envelope: &[u8],
) -> Result<Committed, Failure> {
    refuse_if_outdated(group)?;
    let mut log = KeyLog::verify(writing.key_log(&group.id).await?).map_err(Failure::internal)?;
    let before = log.tip_index();
    log.append(envelope)
        .map_err(|error| invalid_event(&error))?;
    if log.tip_index() == before {
        return Err(Failure::failed_precondition(
            "key_event_not_new",
            "the key event is in the key log already",
        ));
    }
    if log.is_ended() {
        let revision = writing.replace_key_log(&group.id, &log).await?;
        writing.delete_pending_seeds(&group.id).await?;
        writing.clear_stop(&group.id, &View::public()).await?;
        return Ok(Committed::Ended(revision));
    }
    let seeds = writing.pending_seeds(&group.id).await?;
    let seeds = seeds
        .filter(|seeds| announces(&log, seeds))
        .ok_or_else(|| {
            Failure::failed_precondition(
                "keys_not_drafted",
                "the key event announces other keys than this node has prepared: request a new \
                 draft and sign that",
            )
        })?;
    let old_index = own_index(writing, &group.id).await.map_err(failure)?;
    install_keys(shared, writing, &log, &seeds, old_index)
        .await
        .map_err(failure)?;
    let revision = sign_first(shared, group, writing).await.map_err(failure)?;
    Ok(Committed::Rotated(revision))
}

/// Refuses a key event over records or keys that are not the group's newest: the head under it
/// would take the newer records back. The stop's message says what the host does first.
fn refuse_if_outdated(group: &Group) -> Result<(), Failure> {
    use StopReason::{Behind, Deactivated, Moved, RotatedOut};
    match group.guard.stopped() {
        Some(stop) if matches!(stop.reason, Behind | Deactivated | Moved | RotatedOut) => Err(
            Failure::failed_precondition(stop.reason.as_str(), stop.message),
        ),
        _ => Ok(()),
    }
}

fn announces(log: &KeyLog, seeds: &Seeds) -> bool {
    let (signing, encryption) = public_keys(seeds);
    let tip = log.tip();
    tip.signing_key == Some(signing.public()) && tip.encryption_key == Some(encryption)
}

fn invalid_event(error: &KeyLogError) -> Failure {
    Failure::invalid_field("key_event", error.reason(), error.to_string())
}

fn failure(error: RecoveryError) -> Failure {
    match error {
        RecoveryError::Store(error) => error.into(),
        RecoveryError::Blocked(message) => Failure::failed_precondition("signing_blocked", message),
        other => Failure::internal(other),
    }
}
