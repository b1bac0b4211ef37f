//! The two calls, signed in the group's name.

use std::time::Duration;

use hedgerow_core::id::{GroupId, RequestId};
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::keys::SigningKey;
use hedgerow_core::signed_request::{RequestDraft, body_hash};
use hedgerow_core::time::Timestamp;
use hedgerow_proto::inbox_v1;
use hedgerow_proto::inbox_v1::inbox_service_client::InboxServiceClient;
use hedgerow_transport::bounded;
use hedgerow_transport::failure::CallFailure;
use prost::Message;
use tonic::transport::Channel;
use tonic::{Request, Status};

use super::error::InboxError;
use crate::delivery::Aggregator;
use crate::shared::Shared;

const SERVICE: &str = "hedgerow.inbox.v1.InboxService";
/// Longer than a call takes, and short for a thief who copies a request.
const REQUEST_LIFETIME: Duration = Duration::from_secs(2 * 60);

/// Calls an aggregator for one group.
pub(super) struct Caller<'a> {
    shared: &'a Shared,
    aggregator: &'a Aggregator,
    group: GroupId,
    /// The aggregator's own id.
    receiver: GroupId,
    key: SigningKey,
    key_index: u32,
}

impl<'a> Caller<'a> {
    pub(super) async fn new(
        shared: &'a Shared,
        aggregator: &'a Aggregator,
        group: GroupId,
    ) -> Result<Self, InboxError> {
        let mut reading = shared.store.read().await?;
        let known = reading.aggregator(&aggregator.name).await?;
        let receiver = known.ok_or(InboxError::NotMet)?.id;
        let log = KeyLog::verify(reading.key_log(&group).await?)?;
        if log.is_ended() {
            return Err(InboxError::Ended);
        }
        let seed = reading.signing_seed(&group).await?;
        Ok(Self {
            shared,
            aggregator,
            group,
            receiver,
            key: SigningKey::from_seed(*seed),
            key_index: log.tip_index(),
        })
    }

    pub(super) async fn fetch(
        &self,
        keep_open: bool,
    ) -> Result<inbox_v1::FetchMessagesResponse, InboxError> {
        let body = inbox_v1::FetchMessages { keep_open }.encode_to_vec();
        let mut clock = SignedAt::new(self.shared.now());
        loop {
            let message = inbox_v1::FetchMessagesRequest {
                request: self.sign("FetchMessages", &body, clock.time),
                body: body.clone(),
            };
            match self.client().fetch_messages(self.request(message)).await {
                Ok(response) => return Ok(response.into_inner()),
                Err(status) => clock.correct(&status)?,
            }
        }
    }

    pub(super) async fn acknowledge(&self, ids: Vec<Vec<u8>>) -> Result<(), InboxError> {
        let body = inbox_v1::AcknowledgeMessages { request_ids: ids }.encode_to_vec();
        let mut clock = SignedAt::new(self.shared.now());
        loop {
            let message = inbox_v1::AcknowledgeMessagesRequest {
                request: self.sign("AcknowledgeMessages", &body, clock.time),
                body: body.clone(),
            };
            let request = self.request(message);
            match self.client().acknowledge_messages(request).await {
                Ok(_) => return Ok(()),
                Err(status) => clock.correct(&status)?,
            }
        }
    }

    fn sign(&self, method: &str, body: &[u8], now: Timestamp) -> Vec<u8> {
        let draft = RequestDraft {
            method: format!("{SERVICE}/{method}"),
            sender: self.group,
            sender_key_index: self.key_index,
            receiver: self.receiver,
            request_id: RequestId::from_bytes(self.shared.bytes()),
            issue_time: now,
            expire_time: now.plus(REQUEST_LIFETIME),
            body_hash: body_hash(body),
        };
        draft.sign(&self.key)
    }

    fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        request.set_timeout(self.aggregator.timeout());
        request
    }

    fn client(&self) -> InboxServiceClient<Channel> {
        bounded!(
            InboxServiceClient::new(self.aggregator.channel.clone()),
            self.shared.config.connector.message_bytes
        )
    }
}

/// The time with which a request is signed: this node's, then once the aggregator's if the clocks
/// differ.
struct SignedAt {
    time: Timestamp,
    is_theirs: bool,
}

impl SignedAt {
    fn new(time: Timestamp) -> Self {
        Self {
            time,
            is_theirs: false,
        }
    }

    /// Takes the aggregator's time from its refusal. Returns any other failure.
    fn correct(&mut self, status: &Status) -> Result<(), InboxError> {
        let failure = CallFailure::from_status(status);
        match time_of_refusal(&failure) {
            Some(theirs) if !self.is_theirs => {
                *self = Self {
                    time: theirs,
                    is_theirs: true,
                };
                Ok(())
            }
            _ => Err(InboxError::Call(Box::new(failure))),
        }
    }
}

/// The aggregator's time, if it refused a request because of the sender's.
fn time_of_refusal(failure: &CallFailure) -> Option<Timestamp> {
    let is_about_time = ["request_expired", "request_from_the_future"];
    if !is_about_time.contains(&failure.reason.as_str()) {
        return None;
    }
    failure.metadata.get("time")?.parse().ok()
}
