//! `IngestService.Announce`.

use hedgerow_core::head;
use hedgerow_core::head::{HeadPeek, VerifiedHead};
use hedgerow_core::id::{PayloadHash, RecordHash};
use hedgerow_core::name::View;
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_proto::ingest_v1;
use hedgerow_server::peer::Peer;
use hedgerow_store::GroupRow;
use hedgerow_transport::failure::Failure;
use tonic::{Request, Response};

use super::context::{Ingest, public_view};
use crate::admission::{GroupDecision, HeadDecision, NewGroup, Origin, status};
use crate::failure::OrFailure;
use crate::transfer::{GroupState, MAX_WANTED, stored_event};

/// Evaluates an announced head, and returns its group's state and the bodies that are missing.
/// An unknown group is not stored.
pub(super) async fn announce(
    ingest: &Ingest,
    request: Request<ingest_v1::AnnounceRequest>,
) -> Result<Response<ingest_v1::AnnounceResponse>, Failure> {
    let origin = Origin::Push(Peer::key_of(&request));
    let envelope = request.into_inner().head;
    let peek = head::peek(&envelope)?;
    let (group_id, view) = (peek.group_id, public_view(peek.view.as_str())?);
    let store = ingest.processor.store();
    let row = store.group(&group_id).await.or_failure()?;
    let receipt = match &row {
        Some(row) => accept_head(ingest, row, &peek, &envelope).await?,
        None => None,
    };
    let (mut admission, highest_head) = ingest.admission_of(&group_id, &view).await?;
    if row.is_none() && admission.status() == GroupStatus::Pending {
        let group = NewGroup {
            group_id,
            origin: &origin,
            excluded: false,
        };
        let (policy, now) = (ingest.processor.policy(), ingest.processor.now());
        if let GroupDecision::OverQuota(postponed) = policy.evaluate_group(&group, now) {
            admission = status::postponed(postponed);
        }
    }
    let stored = store.head(&group_id, &view).await.or_failure()?;
    let stored = stored.filter(|stored| stored.whole);
    let wanted = match &stored {
        Some(_) => store
            .list_wanted(&group_id, &view, MAX_WANTED)
            .await
            .or_failure()?,
        None => Vec::new(),
    };
    Ok(Response::new(ingest_v1::AnnounceResponse {
        admission: Some(admission),
        highest_head,
        key_log_tip_hash: row.map(|row| row.tip.to_vec()).unwrap_or_default(),
        basis_hash: stored
            .map(|stored| stored.facts.hash.to_vec())
            .unwrap_or_default(),
        wanted_hashes: wanted.iter().map(RecordHash::to_vec).collect(),
        limits: Some(ingest.limits()),
        receipt: receipt
            .map(|head| ingest.receipts.sign(group_id, &View::public(), head))
            .unwrap_or_default(),
    }))
}

/// Does what a head alone can prove, and returns its hash if it is stored. Anyone may announce
/// anything: so only a few rows are read, before the signature is verified and after it.
async fn accept_head(
    ingest: &Ingest,
    row: &GroupRow,
    peek: &HeadPeek,
    envelope: &[u8],
) -> Result<Option<PayloadHash>, Failure> {
    let processor = &ingest.processor;
    let (store, writer) = (processor.store(), processor.writer());
    let tip = (row.tip_index, row.tip);
    if row.ended || (peek.position.key_index, peek.key_event_hash) != tip {
        // From the tip in the response the sender sees which key events to bring, or that the
        // group has ended.
        return Ok(None);
    }
    let Some(event) = stored_event(store, &row.group_id, row.tip_index).await? else {
        return Ok(None);
    };
    let head = VerifiedHead::verify_under(envelope, &row.group_id, &event)?;
    let group = GroupState::load_heads(store, row.clone(), head.view()).await?;
    let policy = processor.policy();
    let decision = policy.evaluate_head(&head, group.known(), processor.now());
    match &decision {
        HeadDecision::Reject(_) | HeadDecision::Stale | HeadDecision::Excluded { .. } => {}
        // The head proves that the endpoint is the group's, so it is worth a visit.
        HeadDecision::Rival { .. }
        | HeadDecision::Frozen { .. }
        | HeadDecision::NotInvited { .. }
        | HeadDecision::Accept { .. } => {
            if let Some(endpoint) = head.endpoint() {
                ingest.endpoint_hints.send(endpoint);
            }
        }
    }
    match decision {
        HeadDecision::Reject(failure) => Err(failure),
        // No error: the response carries the highest head, from which the sender sees it.
        HeadDecision::Stale => {
            processor.counters().count_refused("head_superseded");
            Ok(None)
        }
        HeadDecision::Rival { accepted } => {
            writer
                .freeze_heads(&group, accepted, envelope.to_vec(), None)
                .await?;
            Ok(None)
        }
        HeadDecision::Frozen { newer: false }
        | HeadDecision::NotInvited { newer: false }
        | HeadDecision::Accept { newer: false } => {
            store
                .confirm(&group.group_id, &group.view, &head.hash())
                .await
                .or_failure()?;
            let is_complete = group.stored.as_ref().is_some_and(status::is_complete);
            Ok(is_complete.then(|| head.hash()))
        }
        // Leaving needs nothing but the head.
        HeadDecision::NotInvited { newer: true } => {
            writer.store_head_only(&group, &head).await?;
            Ok(Some(head.hash()))
        }
        // All else needs the leaves under the head, which a push or a pull brings.
        HeadDecision::Excluded { .. }
        | HeadDecision::Frozen { newer: true }
        | HeadDecision::Accept { newer: true } => Ok(None),
    }
}
