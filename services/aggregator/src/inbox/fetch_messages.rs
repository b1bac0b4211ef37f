//! `InboxService.FetchMessages`.

use hedgerow_core::seal::SealedKind;
use hedgerow_proto::inbox_v1;
use hedgerow_store::{RequestUse, WaitingMessage};
use hedgerow_transport::failure::Failure;

use super::authenticate::{authenticate, check_use, spent};
use super::bounds::MAX_FETCHED;
use super::context::Inbox;
use crate::failure::OrFailure as _;
use crate::retention::MESSAGES_WAIT;

/// Opens or closes the group's inbox, and returns what waits in it.
pub(super) async fn fetch_messages(
    inbox: &Inbox,
    request: &inbox_v1::FetchMessagesRequest,
) -> Result<inbox_v1::FetchMessagesResponse, Failure> {
    let (signed, body): (_, inbox_v1::FetchMessages) =
        authenticate(inbox, "FetchMessages", &request.request, &request.body).await?;
    let open_until = body
        .keep_open
        .then(|| inbox.clock.now().plus(MESSAGES_WAIT));
    let fetched = inbox
        .store
        // One more than is sent shows whether there are more.
        .fetch_waiting(spent(&signed), open_until, MAX_FETCHED + 1);
    let (used, mut messages) = fetched.await.or_failure()?;
    check_use(used)?;
    if used == RequestUse::Repeated {
        // The same response may not exist any more.
        return Err(Failure::already_exists(
            "request_repeated",
            "this request was answered before: sign a new one",
        ));
    }
    let has_more = messages.len() > MAX_FETCHED as usize;
    messages.truncate(MAX_FETCHED as usize);
    Ok(inbox_v1::FetchMessagesResponse {
        messages: messages.into_iter().map(sealed_message).collect(),
        has_more,
    })
}

fn sealed_message(message: WaitingMessage) -> inbox_v1::SealedMessage {
    inbox_v1::SealedMessage {
        payload_type: SealedKind::ContactMessage.payload_type().to_owned(),
        sender_id: Vec::new(),
        request_id: message.id.as_bytes().to_vec(),
        receiver_key_index: message.key_index,
        sealed: message.sealed,
        receive_time: Some(message.at.to_proto()),
    }
}
