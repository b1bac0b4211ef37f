//! Signing a group's head over the records that are meant to be public.

use hedgerow_core::head::HeadDraft;
use hedgerow_core::head::HeadError;
use hedgerow_core::head::Indexing;
use hedgerow_core::head::Position;
use hedgerow_core::head::Seq;
use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::key_log::KeyLogError;
use hedgerow_core::keys::SigningKey;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_core::tree::Manifest;
use hedgerow_core::tree::TreeError;

use crate::config::IndexingChoice;
use crate::gate::Obstacle;
use crate::gate::Stopped;
use crate::gate::may_sign;
use crate::group::Group;
use crate::node::Shared;
use crate::store::KeptHead;
use crate::store::StoreError;
use crate::store::Transaction;

/// How far an override skips, over heads that may have been signed and forgotten.
const SKIPPED: u64 = 1_000_000;

/// When a head is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// Only if it says something else than the newest one, or that one grows old.
    Needed,
    /// In any case, if there is anything to sign.
    Always,
}

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) enum Signed {
    /// A new head is stored. To be told of once it is durable.
    New {
        /// Its envelope.
        envelope: Vec<u8>,
        /// Its revision in the store.
        revision: i64,
    },
    /// The newest head, if there is one, says it all.
    Unchanged,
    /// Not now. What changed waits.
    Waits(Obstacle),
}

/// Why a head could not be made although it might be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SigningError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the stored key log does not verify")]
    KeyLog(#[from] KeyLogError),
    #[error("the head cannot be made")]
    Head(#[from] HeadError),
    #[error("the records form no tree")]
    Tree(#[from] TreeError),
}

/// Signs and stores the public head of a group, within a transaction that the caller
/// commits. The caller holds the group's edits.
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
    let skip = match may_sign(&group.gate, &key_log, newest.as_ref(), now) {
        Ok(skip) => skip,
        Err(obstacle) => {
            group.set_waits(true);
            return Ok(Signed::Waits(obstacle));
        }
    };
    group.set_waits(false);
    let manifest = Manifest::new(writing.public_leaves(&group.id).await?)?;
    if newest.is_none() && manifest.is_empty() {
        return Ok(Signed::Unchanged);
    }
    let indexing = indexing(shared, writing).await?;
    let needed = when == When::Always
        || skip
        || is_needed(shared, &key_log, newest.as_ref(), &manifest, &indexing, now)?;
    if !needed {
        return Ok(Signed::Unchanged);
    }

    let Some(position) = next_position(&key_log, newest.as_ref(), skip) else {
        return Ok(Signed::Waits(Obstacle::Stopped(Stopped::seq_exhausted())));
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
        issued_at: now,
        expires_at: now.plus(shared.config.head_life()),
        endpoint: shared.config.public_endpoint.clone(),
        indexing,
    };
    let key = signing_key(writing, &group.id).await?;
    let envelope = draft.sign(&key);
    // Never let a head out that others would refuse.
    let head = VerifiedHead::verify(&envelope, &key_log)?;
    let revision = writing
        .put_head(&group.id, &view, &envelope, &head.hash(), position, now)
        .await?;
    Ok(Signed::New { envelope, revision })
}

/// Signs if needed, makes it durable, and tells of it.
pub(crate) async fn refresh(
    shared: &Shared,
    group: &Group,
    when: When,
) -> Result<Signed, SigningError> {
    let _edits = group.edits.lock().await;
    let mut writing = shared.store.write().await?;
    let signed = sign(shared, group, &mut writing, when).await?;
    if let Signed::New { revision, .. } = &signed {
        writing.commit().await?;
        group.gate.signed();
        shared.tell_of_head(group, *revision);
    }
    Ok(signed)
}

/// Who may index, by the configuration and by who its aggregators said they are.
async fn indexing(shared: &Shared, reading: &mut Transaction) -> Result<Indexing, StoreError> {
    match shared.config.indexing {
        IndexingChoice::Anyone => Ok(Indexing::Anyone),
        IndexingChoice::Nobody => Ok(Indexing::Nobody),
        IndexingChoice::Named => {
            let mut named = Vec::new();
            for address in &shared.config.aggregators {
                if let Some(known) = reading.aggregator(&address.to_string()).await? {
                    named.push(known.id);
                }
            }
            named.sort_unstable();
            named.dedup();
            Ok(Indexing::Named(named))
        }
    }
}

fn is_needed(
    shared: &Shared,
    key_log: &KeyLog,
    newest: Option<&KeptHead>,
    manifest: &Manifest,
    indexing: &Indexing,
    now: Timestamp,
) -> Result<bool, HeadError> {
    let Some(newest) = newest else {
        return Ok(true);
    };
    if newest.position.key_index != key_log.tip_index() {
        return Ok(true);
    }
    let head = VerifiedHead::verify(&newest.envelope, key_log)?;
    let says_the_same = head.root() == manifest.root()
        && head.indexing() == indexing
        && head.endpoint() == shared.config.public_endpoint.as_ref();
    Ok(!says_the_same || newest.issued_at.plus(shared.config.heartbeat_every()) <= now)
}

fn next_position(key_log: &KeyLog, newest: Option<&KeptHead>, skip: bool) -> Option<Position> {
    let key_index = key_log.tip_index();
    let remembered = newest.filter(|newest| newest.position.key_index == key_index);
    let seq = match (remembered, skip) {
        (None, false) => Seq::FIRST,
        // Nothing is remembered, and up to so many may be forgotten.
        (None, true) => Seq::FIRST.skip(SKIPPED)?,
        (Some(newest), false) => newest.position.seq.next()?,
        (Some(newest), true) => newest.position.seq.skip(SKIPPED)?,
    };
    Some(Position { key_index, seq })
}

/// The head before, under the same key event.
fn previous(newest: Option<&KeptHead>, position: Position) -> Option<PayloadHash> {
    newest
        .filter(|newest| newest.position.key_index == position.key_index)
        .map(|newest| newest.hash)
}

async fn signing_key(
    reading: &mut Transaction,
    group: &GroupId,
) -> Result<SigningKey, SigningError> {
    let seed = reading.signing_seed(group).await?;
    Ok(SigningKey::from_seed(*seed))
}
