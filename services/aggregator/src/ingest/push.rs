//! `IngestService.Push`.

use hedgerow_core::id::RecordHash;
use hedgerow_core::name::View;
use hedgerow_proto::ingest_v1;
use hedgerow_proto::ingest_v1::PendingReason;
use hedgerow_server::limits::Progress;
use hedgerow_server::peer::Peer;
use hedgerow_transport::failure::Failure;
use hedgerow_transport::transfer::push_items;
use tonic::{Request, Response, Streaming};

use super::context::Ingest;
use crate::admission::{Origin, status};
use crate::transfer::Outcome;

/// Receives a transfer. Returns a receipt if its head is stored, or the missing bodies if
/// nothing was committed.
pub(super) async fn push(
    ingest: &Ingest,
    request: Request<Streaming<ingest_v1::PushRequest>>,
) -> Result<Response<ingest_v1::PushResponse>, Failure> {
    let peer = Peer::key_of(&request);
    let progress = Progress::of(&request);
    let items = push_items(request.into_inner());
    let transfer = ingest
        .processor
        .process_call(items, Origin::Push(peer), progress);
    let result = transfer.await?;
    let (view, group) = (View::public(), result.group_id);
    let (mut admission, highest_head) = ingest.admission_after(&result).await?;
    let (mut receipt, mut wanted) = (Vec::new(), Vec::new());
    match result.outcome {
        Outcome::Stored(head) | Outcome::NotInvited(head) => {
            receipt = ingest.receipts.sign(group, &view, head);
        }
        Outcome::Wanted(hashes) => {
            wanted = hashes.iter().map(RecordHash::to_vec).collect();
            // The key log is stored, but the row does not show that a head came with it.
            if admission.never_seen {
                admission.set_pending_reason(PendingReason::BodiesMissing);
            }
        }
        Outcome::OverQuota(postponed) => admission = status::postponed(postponed),
        Outcome::KeyLog | Outcome::Throttled | Outcome::Frozen | Outcome::Excluded => {}
    }
    Ok(Response::new(ingest_v1::PushResponse {
        admission: Some(admission),
        receipt,
        wanted_hashes: wanted,
        highest_head,
        kept: result.kept,
        refused: result.refused,
    }))
}
