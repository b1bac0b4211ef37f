//! `IngestService.Announce`.

use hedgerow_core::head;
use hedgerow_core::head::HeadPeek;
use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::View;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::peer::Peer;
use tonic::Request;
use tonic::Response;

use super::Ingest;
use super::public_view;
use crate::apply::Holding;
use crate::apply::MAX_WANTED;
use crate::apply::Origin;
use crate::apply::Standing;
use crate::apply::standing;
use crate::apply::stored_event;
use crate::status;
use crate::store::GroupRow;

/// A hint that there is a head: the reply tells what is held and what is wanted. Of an
/// unknown group nothing is stored.
pub(super) async fn announce(
    ingest: &Ingest,
    request: Request<v1::AnnounceRequest>,
) -> Result<Response<v1::AnnounceResponse>, Failure> {
    let origin = Origin::Push(Peer::key_of(&request));
    let envelope = request.into_inner().head;
    let peek = head::peek(&envelope)?;
    let view = public_view(peek.view.as_str())?;
    let row = ingest.apply.store().group(&peek.group_id).await?;
    let receipt = match &row {
        Some(row) => hear(ingest, row, &peek, &envelope).await?,
        None => None,
    };
    let (mut admission, highest_head) = ingest.standing(&peek.group_id, &view).await?;
    if row.is_none()
        && admission.status() == v1::GroupStatus::Pending
        && !ingest.apply.welcomes_new_group(&origin)
    {
        admission = status::unknown("daily_new_groups");
    }
    let store = ingest.apply.store();
    let held = store
        .head(&peek.group_id, &view)
        .await?
        .filter(|held| held.whole);
    let wanted = match &held {
        Some(_) => store.wanted(&peek.group_id, &view, MAX_WANTED).await?,
        None => Vec::new(),
    };
    Ok(Response::new(v1::AnnounceResponse {
        admission: Some(admission),
        highest_head,
        key_log_tip: row.map(|row| row.tip.to_vec()).unwrap_or_default(),
        basis: held.map(|held| held.hash.to_vec()).unwrap_or_default(),
        wanted: wanted.iter().map(RecordHash::to_vec).collect(),
        limits: Some(ingest.limits()),
        receipt: receipt
            .map(|head| ingest.receipts.sign(peek.group_id, &View::public(), head))
            .unwrap_or_default(),
    }))
}

/// Does what a head alone can prove. Answers with its hash where it is held. Nothing is read
/// of the group but a few rows until the signature is verified, and no more after it.
async fn hear(
    ingest: &Ingest,
    row: &GroupRow,
    peek: &HeadPeek,
    envelope: &[u8],
) -> Result<Option<PayloadHash>, Failure> {
    let store = ingest.apply.store();
    let tip = (row.tip_index, row.tip);
    if row.ended || (peek.position.key_index, peek.key_event_hash) != tip {
        // The reply's tip tells what key events to bring, or that the group has ended.
        return Ok(None);
    }
    let Some(event) = stored_event(store, &row.group_id, row.tip_index).await? else {
        return Ok(None);
    };
    let head = VerifiedHead::verify_under(envelope, &row.group_id, &event)?;
    let holding = Holding::brief(store, row.clone(), head.view()).await?;
    let excluded = row.exclusion.is_some();
    let standing = standing(&holding, &head);
    if matches!(standing, Standing::Older) {
        ingest.apply.counters().count("head_superseded");
        return Ok(None);
    }
    if !matches!(standing, Standing::Same) {
        ingest.apply.check_issued(&head)?;
    }
    if excluded {
        return Ok(None);
    }
    if let Some(endpoint) = head.endpoint() {
        ingest.heard.tell(endpoint);
    }
    match standing {
        Standing::Older => Ok(None),
        Standing::Rival(held) => {
            ingest
                .apply
                .freeze_heads(&holding, held, envelope.to_vec(), None)
                .await?;
            Ok(None)
        }
        Standing::Same => {
            store
                .confirm(&holding.group_id, &holding.view, &head.hash())
                .await?;
            let is_held = holding
                .stored
                .as_ref()
                .is_some_and(|held| held.whole || !held.invited);
            Ok(is_held.then(|| head.hash()))
        }
        Standing::Newer => {
            if !ingest.apply.leaves(&holding, &head) {
                return Ok(None);
            }
            ingest.apply.keep_head_only(&holding, &head).await?;
            Ok(Some(head.hash()))
        }
    }
}
