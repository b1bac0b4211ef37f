//! `IngestService.Push`.

use hedgerow_core::id::RecordHash;
use hedgerow_core::name::View;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::peer::Peer;
use hedgerow_rpc::transfer::push_items;
use tonic::Request;
use tonic::Response;
use tonic::Streaming;

use super::Ingest;
use super::busy;
use crate::apply::Origin;
use crate::apply::Outcome;
use crate::status;

/// Takes a transfer, and tells what became of it: with a receipt where a head is held, with
/// the wanted bodies where nothing was committed.
pub(super) async fn push(
    ingest: &Ingest,
    request: Request<Streaming<v1::PushRequest>>,
) -> Result<Response<v1::PushResponse>, Failure> {
    let peer = Peer::key_of(&request);
    let _place = ingest.transfers.take(peer).map_err(|_| busy())?;
    let origin = Origin::Push(peer);
    let applied = ingest
        .apply
        .take(push_items(request.into_inner()), &origin)
        .await?;
    let (view, group) = (View::public(), applied.group_id);
    let (mut admission, highest_head) = ingest.standing_after(&applied).await?;
    let (mut receipt, mut wanted) = (Vec::new(), Vec::new());
    match applied.outcome {
        Outcome::Held(head) | Outcome::NotInvited(head) => {
            receipt = ingest.receipts.sign(group, &view, head);
        }
        Outcome::Wanted(hashes) => {
            wanted = hashes.iter().map(RecordHash::to_vec).collect();
            if admission.never_seen {
                "bodies_missing".clone_into(&mut admission.missing);
            }
        }
        Outcome::TooManyNewGroups => admission = status::unknown("daily_new_groups"),
        Outcome::KeyLog | Outcome::HeldBack | Outcome::Frozen | Outcome::Excluded => {}
    }
    Ok(Response::new(v1::PushResponse {
        admission: Some(admission),
        receipt,
        wanted,
        highest_head,
        kept: applied.kept,
        refused: applied.refused,
    }))
}
