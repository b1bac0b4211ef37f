//! `InboxService.AcknowledgeMessages`.

use hedgerow_core::id::{MalformedRequestId, RequestId};
use hedgerow_proto::inbox_v1;
use hedgerow_transport::failure::Failure;

use super::authenticate::{authenticate, check_use, spent};
use super::bounds::MAX_FETCHED;
use super::context::Inbox;
use crate::failure::OrFailure as _;

/// Deletes messages that the group's node has stored. A repeated request has the same response, and
/// no effect.
pub(super) async fn acknowledge_messages(
    inbox: &Inbox,
    request: &inbox_v1::AcknowledgeMessagesRequest,
) -> Result<inbox_v1::AcknowledgeMessagesResponse, Failure> {
    let (signed, body): (_, inbox_v1::AcknowledgeMessages) = authenticate(
        inbox,
        "AcknowledgeMessages",
        &request.request,
        &request.body,
    )
    .await?;
    if body.request_ids.len() > MAX_FETCHED as usize {
        return Err(Failure::invalid_field(
            "body",
            "too_many",
            format!("expected at most {MAX_FETCHED} ids"),
        ));
    }
    let ids = body.request_ids.iter();
    let ids: Result<Vec<RequestId>, MalformedRequestId> =
        ids.map(|id| RequestId::try_from(id.as_slice())).collect();
    let acknowledged = inbox.store.acknowledge_waiting(spent(&signed), ids?);
    check_use(acknowledged.await.or_failure()?)?;
    Ok(inbox_v1::AcknowledgeMessagesResponse {})
}
