//! One delivery attempt: announces the newest head, pushes what the aggregator lacks, and
//! verifies its receipt.

use std::time::Duration;

use hedgerow_core::id::{PayloadHash, RecordHash};
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::ingest_v1::PendingReason;
use hedgerow_proto::{feed_v1, ingest_v1};
use hedgerow_transport::trace::propagate;
use tonic::Request;

use super::admission::request_admission;
use super::context::Context;
use super::error::DeliveryError;
use super::head_check::{HeldLog, Verdict, check_held_head};
use super::key_log::deliver_key_log;
use super::outcome::Outcome;
use super::push::{Load, push};
use super::receipt::{permits, verify_receipt};
use crate::store::StoredHead;

/// Maximum pushes per attempt. Each delivers up to a thousand bodies that the aggregator
/// still lacked; the default limit of records needs 20.
const MAX_PUSHES: usize = 64;

/// Delivers the newest head, if there is one.
pub(super) async fn deliver_newest(context: &Context) -> Result<Outcome, DeliveryError> {
    let mut reading = context.shared.store.read().await?;
    let head = reading.head(&context.group.id, &View::public()).await?;
    let key_log = KeyLog::verify(reading.key_log(&context.group.id).await?)?;
    // Ends the transaction: an open snapshot would keep the write-ahead log from being
    // truncated during the calls below.
    drop(reading);
    let head = head.filter(|head| {
        // A key event ends the heads before it.
        head.position.key_index == key_log.tip_index() && !key_log.is_ended()
    });
    let Some(head) = head else {
        // A log with only its first event has ended nothing yet.
        if key_log.tip_index() == 0 {
            return Ok(Outcome::default());
        }
        return deliver_key_log(context, &key_log).await;
    };
    let announced = announce(context, &head).await?;
    if check_tip(context, &announced).await? == HeldLog::Own {
        check_highest(context, &announced.highest_head).await?;
    }
    let check_in = requested_check_in(announced.limits.as_ref());
    let (admission, receipt) = if announced.receipt.is_empty() {
        let pushed = push_until_accepted(context, &head, &announced).await?;
        (pushed.admission, pushed.receipt)
    } else {
        push_wanted(context, &head, &announced).await?;
        (announced.admission, announced.receipt)
    };
    let admission = admission.unwrap_or_default();
    if receipt.is_empty() {
        return without_receipt(admission, check_in, context.shared.now());
    }
    Ok(Outcome {
        acknowledged: Some(verify_receipt(context, &head, &receipt).await?),
        admission: Some(admission),
        check_in,
    })
}

async fn announce(
    context: &Context,
    head: &StoredHead,
) -> Result<ingest_v1::AnnounceResponse, DeliveryError> {
    let mut request = Request::new(ingest_v1::AnnounceRequest {
        head: head.envelope.clone(),
    });
    request.set_timeout(context.aggregator.timeout);
    propagate(&mut request);
    let response = context.aggregator.ingest().announce(request).await?;
    Ok(response.into_inner())
}

/// Checks the last key event that an aggregator holds. If this node does not have it, the keys may
/// have been rotated elsewhere: only the whole key log can prove that, so it is requested.
async fn check_tip(
    context: &Context,
    announced: &ingest_v1::AnnounceResponse,
) -> Result<HeldLog, DeliveryError> {
    let Some(tip) = hash(&announced.key_log_tip_hash) else {
        return Ok(HeldLog::Own);
    };
    let group = &context.group.id;
    let mut reading = context.shared.store.read().await?;
    if reading.has_key_event(group, &tip).await? {
        return Ok(HeldLog::Own);
    }
    drop(reading);
    Ok(request_admission(context).await?.1)
}

/// Pushes until the aggregator accepts the head, or stops making progress.
async fn push_until_accepted(
    context: &Context,
    head: &StoredHead,
    announced: &ingest_v1::AnnounceResponse,
) -> Result<ingest_v1::PushResponse, DeliveryError> {
    let mut load = Load {
        head,
        basis: hash(&announced.basis_hash),
        key_log_tip_hash: hash(&announced.key_log_tip_hash),
        wanted: hashes(&announced.wanted_hashes),
        only_wanted: false,
        permitted: permits(context, head).await?,
    };
    for _ in 0..MAX_PUSHES {
        let response = push(context, &load).await?;
        check_highest(context, &response.highest_head).await?;
        if !response.receipt.is_empty() || response.wanted_hashes.is_empty() {
            return Ok(response);
        }
        let wanted = hashes(&response.wanted_hashes);
        // The same request twice: it would go on for the remaining pushes.
        if load.only_wanted && wanted == load.wanted {
            break;
        }
        load.wanted = wanted;
        load.only_wanted = true;
    }
    Err(DeliveryError::NotAccepted(
        "it keeps requesting records that were delivered".to_owned(),
    ))
}

/// Pushes bodies that an aggregator lacks although it has accepted the head.
async fn push_wanted(
    context: &Context,
    head: &StoredHead,
    announced: &ingest_v1::AnnounceResponse,
) -> Result<(), DeliveryError> {
    let wanted = hashes(&announced.wanted_hashes);
    if wanted.is_empty() || !permits(context, head).await? {
        return Ok(());
    }
    let load = Load {
        head,
        basis: Some(head.hash),
        key_log_tip_hash: hash(&announced.key_log_tip_hash),
        wanted,
        only_wanted: true,
        permitted: true,
    };
    push(context, &load).await.map(drop)
}

/// Checks the highest head that a response reports, if it reports one.
async fn check_highest(context: &Context, envelope: &[u8]) -> Result<(), DeliveryError> {
    if envelope.is_empty() {
        return Ok(());
    }
    let name = &context.aggregator.name;
    match check_held_head(&context.shared, &context.group, name, envelope).await? {
        Verdict::Known => Ok(()),
        Verdict::Behind => Err(DeliveryError::NotAccepted(
            "it holds a newer one that this node has no record of signing".to_owned(),
        )),
        Verdict::Equivocation => Err(DeliveryError::NotAccepted(
            "it holds another head with the same number".to_owned(),
        )),
    }
}

/// Evaluates a response without a receipt.
fn without_receipt(
    admission: ingest_v1::Admission,
    check_in: Option<Duration>,
    now: Timestamp,
) -> Result<Outcome, DeliveryError> {
    use feed_v1::GroupStatus;
    match admission.status() {
        GroupStatus::Throttled => Err(DeliveryError::Throttled {
            wait: wait_until(&admission, now),
            limit: admission.limit,
        }),
        // An early retry cannot change these, so they end the attempt without an error.
        GroupStatus::NotInvited
        | GroupStatus::Excluded
        | GroupStatus::Ended
        | GroupStatus::Frozen => Ok(Outcome {
            admission: Some(admission),
            acknowledged: None,
            check_in,
        }),
        GroupStatus::Pending => Err(DeliveryError::NotAccepted(
            pending_reason(admission.pending_reason()).to_owned(),
        )),
        GroupStatus::Unspecified
        | GroupStatus::Active
        | GroupStatus::Stale
        | GroupStatus::Lapsed => Err(DeliveryError::NotAccepted("it sent no receipt".to_owned())),
    }
}

fn pending_reason(reason: PendingReason) -> &'static str {
    match reason {
        PendingReason::Unspecified => "it waits for something else first",
        PendingReason::KeyLogMissing => "it waits for the key log",
        PendingReason::HeadMissing => "it waits for the head",
        PendingReason::BodiesMissing => "it waits for records",
        PendingReason::DailyNewGroups => {
            "it has reached its daily limit of new groups from one address"
        }
    }
}

fn wait_until(admission: &ingest_v1::Admission, now: Timestamp) -> Duration {
    admission
        .throttle_end_time
        .and_then(|until| Timestamp::try_from(until).ok())
        .map(|until| until.since(now))
        .unwrap_or_default()
}

fn requested_check_in(limits: Option<&ingest_v1::Limits>) -> Option<Duration> {
    let requested = limits?.poll_interval?;
    Duration::try_from(requested)
        .ok()
        .filter(|requested| !requested.is_zero())
}

/// Parses a hash. A malformed one counts as absent: the whole manifest is pushed then.
fn hash(bytes: &[u8]) -> Option<PayloadHash> {
    PayloadHash::try_from(bytes).ok()
}

fn hashes(wanted: &[Vec<u8>]) -> Vec<RecordHash> {
    wanted
        .iter()
        .filter_map(|hash| RecordHash::try_from(hash.as_slice()).ok())
        .collect()
}
