//! Receives transfers. `Sync` responses and `Push` requests share this code path.

use std::collections::BTreeSet;
use std::pin::{Pin, pin};
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use hedgerow_core::id::RecordHash;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::sync::{SyncError, SyncReader, SyncStep, Transfer};
use hedgerow_proto::feed_v1::feed_service_client::FeedServiceClient;
use hedgerow_proto::{feed_v1, ingest_v1};
use tonic::transport::Channel;
use tonic::{Status, Streaming};

use crate::bounded;
use crate::connector::ConnectorConfig;
use crate::failure::{CallFailure, Failure, Kind, with_reason};
use crate::trace::propagate;

/// Longest wait for the end of a stream after its last item. A sender that keeps it open has
/// sent everything all the same.
const END_WAIT: Duration = Duration::from_secs(1);

/// Longest pause between two items of a transfer.
pub const MAX_SILENCE: Duration = Duration::from_secs(60);

/// Receives the verified parts of a transfer as they arrive.
#[async_trait::async_trait]
pub trait BodySink: Send {
    /// Stores verified key events. Called even if the rest of the transfer fails, because a
    /// rotation must be known as early as possible.
    ///
    /// # Errors
    /// Ends the transfer; the sender gets the failure.
    async fn key_log(&mut self, log: &KeyLog) -> Result<(), Failure>;

    /// Decides whether to accept the transfer, before any body is read. `reader` has the
    /// verified key log and head (only the key log for a group that has ended).
    ///
    /// # Errors
    /// Ends the transfer; the sender gets the failure.
    async fn begin(&mut self, reader: &SyncReader) -> Result<(), Failure> {
        let _ = reader;
        Ok(())
    }

    /// Stores a record, whose hash is under the head or was requested.
    ///
    /// # Errors
    /// Ends the transfer; the sender gets the failure.
    async fn put(&mut self, hash: RecordHash, record: Vec<u8>) -> Result<(), Failure>;
}

/// A complete and verified transfer, not committed yet.
#[derive(Debug)]
pub struct Received {
    pub transfer: Transfer,
    /// Hashes of the bodies that the sender does not have.
    pub missing_records: Vec<RecordHash>,
    /// Number of bodies received.
    pub bodies: u32,
    pub body_bytes: u64,
}

/// Why a transfer failed.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The sender or the connection ended it.
    #[error("the sender ended the transfer: {0}")]
    Peer(#[source] Box<CallFailure>),
    /// An item breaks the rules of transfers.
    #[error("the transfer is invalid: {0}")]
    Rules(#[from] SyncError),
    /// The sink rejected it.
    #[error("the transfer was rejected: {0}")]
    Refused(#[source] Failure),
    /// No item arrived for [`MAX_SILENCE`].
    #[error("the sender sent nothing for {} seconds", MAX_SILENCE.as_secs())]
    Silent,
    /// It took longer than this.
    #[error("the transfer took longer than {} seconds", .0.as_secs())]
    Endless(Duration),
}

impl ReceiveError {
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Peer(failure) => &failure.reason,
            Self::Rules(error) => error.reason(),
            Self::Refused(failure) => failure.reason(),
            Self::Silent => "transfer_silent",
            Self::Endless(_) => "transfer_endless",
        }
    }
}

impl From<Status> for ReceiveError {
    fn from(status: Status) -> Self {
        Self::Peer(Box::new(CallFailure::from(with_reason(status))))
    }
}

impl From<ReceiveError> for Failure {
    /// Makes the response to the sender of a `Push`.
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Peer(failure) if failure.reason == "message_malformed" => Failure::new(
                Kind::Invalid,
                "message_malformed",
                format!(
                    "A message of the transfer is malformed: {}",
                    failure.message
                ),
            ),
            // The receiver itself ended the stream.
            ReceiveError::Peer(failure) if failure.reason == "call_evicted" => {
                Failure::resource_exhausted(
                    "call_evicted",
                    failure.message,
                    failure.retry_after.unwrap_or(MAX_SILENCE),
                )
            }
            ReceiveError::Peer(failure) if failure.reason == "transfer_memory" => {
                Failure::resource_exhausted(
                    "transfer_memory",
                    failure.message,
                    failure.retry_after.unwrap_or(MAX_SILENCE),
                )
            }
            ReceiveError::Peer(failure) if failure.reason == "message_too_large" => {
                Failure::out_of_range("message_too_large", failure.message)
            }
            ReceiveError::Peer(failure) => Failure::new(
                Kind::Aborted,
                "transfer_broken",
                format!("The transfer was not completed: {failure}"),
            ),
            ReceiveError::Rules(error) => Self::from(error),
            ReceiveError::Refused(failure) => failure,
            ReceiveError::Silent => Self::new(
                Kind::DeadlineExceeded,
                "transfer_silent",
                "The transfer paused for too long; start over.",
            ),
            ReceiveError::Endless(_) => Self::new(
                Kind::DeadlineExceeded,
                "transfer_endless",
                "The transfer took too long; start over.",
            ),
        }
    }
}

/// Receives a transfer item by item: `reader` verifies each, and each body goes to `sink` at
/// once, so that memory stays bounded.
///
/// # Errors
/// If the stream ends early, breaks the rules, pauses for too long, or is rejected. The parts
/// that the sink already has are verified and may be kept.
pub async fn receive<S>(
    items: S,
    reader: SyncReader,
    sink: &mut dyn BodySink,
) -> Result<Received, ReceiveError>
where
    S: Stream<Item = Result<feed_v1::SyncItem, Status>>,
{
    let mut receiving = Receiving {
        reader,
        sink,
        key_log_grew: false,
        missing_records: BTreeSet::new(),
        bodies: 0,
        body_bytes: 0,
    };
    let read = receiving.read(pin!(items)).await;
    // Even if the rest failed: see `BodySink::key_log`.
    receiving.store_key_log().await?;
    read?;
    Ok(Received {
        transfer: receiving.reader.finish()?,
        missing_records: receiving.missing_records.into_iter().collect(),
        bodies: receiving.bodies,
        body_bytes: receiving.body_bytes,
    })
}

struct Receiving<'a> {
    reader: SyncReader,
    sink: &'a mut dyn BodySink,
    key_log_grew: bool,
    /// A set, so that a sender that repeats a hash does not use more memory.
    missing_records: BTreeSet<RecordHash>,
    bodies: u32,
    body_bytes: u64,
}

impl Receiving<'_> {
    async fn read<S>(&mut self, mut items: Pin<&mut S>) -> Result<(), ReceiveError>
    where
        S: Stream<Item = Result<feed_v1::SyncItem, Status>>,
    {
        loop {
            let next = tokio::time::timeout(MAX_SILENCE, items.next())
                .await
                .map_err(|_| ReceiveError::Silent)?;
            let Some(item) = next else { return Ok(()) };
            let step = self.reader.accept(item?)?;
            if step == SyncStep::KeyLog {
                self.key_log_grew = true;
                continue;
            }
            self.store_key_log().await?;
            match step {
                SyncStep::Nothing | SyncStep::KeyLog => {}
                SyncStep::Head => {
                    let begun = self.sink.begin(&self.reader).await;
                    begun.map_err(ReceiveError::Refused)?;
                }
                SyncStep::Body { hash, record } => {
                    self.bodies = self.bodies.saturating_add(1);
                    self.body_bytes = self.body_bytes.saturating_add(record.len() as u64);
                    let put = self.sink.put(hash, record).await;
                    put.map_err(ReceiveError::Refused)?;
                }
                SyncStep::MissingRecord(hash) => {
                    self.missing_records.insert(hash);
                }
                SyncStep::Complete => break,
            }
        }
        // Anything after the end makes it unclear what the sender meant.
        match tokio::time::timeout(END_WAIT, items.next()).await {
            Ok(Some(Ok(item))) => Err(self.reader.accept(item).err().map_or_else(
                || SyncError::OutOfOrder("an item after the end").into(),
                ReceiveError::from,
            )),
            Ok(Some(Err(_)) | None) | Err(_) => Ok(()),
        }
    }

    /// Passes the key log on after its new events. Once for all of them, not for each.
    async fn store_key_log(&mut self) -> Result<(), ReceiveError> {
        if std::mem::take(&mut self.key_log_grew)
            && let Some(log) = self.reader.key_log()
        {
            let stored = self.sink.key_log(log).await;
            stored.map_err(ReceiveError::Refused)?;
        }
        Ok(())
    }
}

/// Requests a transfer from a server and receives it, within the limits of `config`.
///
/// # Errors
/// As [`receive`], or if the call fails.
pub async fn sync(
    channel: Channel,
    config: &ConnectorConfig,
    request: feed_v1::SyncRequest,
    reader: SyncReader,
    sink: &mut dyn BodySink,
) -> Result<Received, ReceiveError> {
    let max_duration = config.max_transfer();
    let mut client = bounded!(FeedServiceClient::new(channel), config.message_bytes);
    let mut request = tonic::Request::new(request);
    request.set_timeout(max_duration);
    propagate(&mut request);
    let transfer = async {
        let responses = client.sync(request).await?.into_inner();
        receive(sync_items(responses), reader, sink).await
    };
    // The server may ignore the deadline that the request has.
    tokio::time::timeout(max_duration, transfer)
        .await
        .map_err(|_| ReceiveError::Endless(max_duration))?
}

/// Unwraps the items of `Sync` responses.
pub fn sync_items(
    responses: Streaming<feed_v1::SyncResponse>,
) -> impl Stream<Item = Result<feed_v1::SyncItem, Status>> + Send {
    responses.map(|response| Ok(response?.item.unwrap_or_default()))
}

/// Unwraps the items of `Push` requests.
pub fn push_items(
    requests: Streaming<ingest_v1::PushRequest>,
) -> impl Stream<Item = Result<feed_v1::SyncItem, Status>> + Send {
    requests.map(|request| Ok(request?.item.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use hedgerow_core::sync::{SyncLimits, end_item};
    use hedgerow_core::time::Timestamp;
    use hedgerow_testkit::FakeGroup;

    use super::*;

    /// Stores key logs and rejects every head.
    #[derive(Default)]
    struct KeyLogsOnly {
        key_logs: Vec<u32>,
    }

    #[async_trait::async_trait]
    impl BodySink for KeyLogsOnly {
        async fn key_log(&mut self, log: &KeyLog) -> Result<(), Failure> {
            self.key_logs.push(log.tip_index());
            Ok(())
        }

        async fn begin(&mut self, _reader: &SyncReader) -> Result<(), Failure> {
            Err(Failure::failed_precondition("not_invited", "not here"))
        }

        async fn put(&mut self, _hash: RecordHash, _record: Vec<u8>) -> Result<(), Failure> {
            unreachable!("every head is rejected")
        }
    }

    fn key_event() -> feed_v1::SyncItem {
        let group = FakeGroup::new(1, Timestamp::from_seconds(0));
        let event = group.log.tip().envelope.clone();
        feed_v1::SyncItem {
            item: Some(feed_v1::sync_item::Item::KeyEvent(event)),
        }
    }

    fn reader() -> SyncReader {
        SyncReader::new(SyncLimits::default(), None, None)
    }

    #[tokio::test]
    async fn key_events_are_stored_even_if_the_rest_fails() {
        let mut sink = KeyLogsOnly::default();
        let items = stream::iter([Ok(key_event()), Err(Status::unavailable("gone"))]);
        let failed = receive(items, reader(), &mut sink).await.unwrap_err();
        assert!(matches!(failed, ReceiveError::Peer(_)));
        assert_eq!(sink.key_logs, [0]);
    }

    #[tokio::test]
    async fn a_transfer_may_consist_of_a_key_log() {
        let mut sink = KeyLogsOnly::default();
        let items = stream::iter([Ok(key_event()), Ok(end_item(0))]);
        let received = receive(items, reader(), &mut sink).await.unwrap();
        assert!(received.transfer.head.is_none());
        assert!(received.transfer.new_key_events);
    }

    #[tokio::test]
    async fn an_empty_item_and_a_missing_end_have_reasons() {
        let mut sink = KeyLogsOnly::default();
        let items = stream::iter([Ok(feed_v1::SyncItem::default())]);
        let failed = receive(items, reader(), &mut sink).await.unwrap_err();
        assert_eq!(failed.reason(), "sync_unknown_item");
        assert_eq!(Failure::from(failed).kind(), Kind::Invalid);
        let items = stream::iter([Ok(key_event())]);
        let failed = receive(items, reader(), &mut sink).await.unwrap_err();
        assert_eq!(failed.reason(), "sync_incomplete");
        assert_eq!(Failure::from(failed).kind(), Kind::Aborted);
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_pause_ends_a_transfer() {
        let mut sink = KeyLogsOnly::default();
        let failed = receive(stream::pending(), reader(), &mut sink).await;
        assert!(matches!(failed, Err(ReceiveError::Silent)));
    }

    #[test]
    fn a_sender_gets_a_stable_reason_for_a_transfer_that_broke_off_or_took_too_long() {
        let response = |error: ReceiveError| {
            let failure = Failure::from(error);
            (failure.kind(), failure.reason())
        };
        let broken = ReceiveError::from(Status::unavailable("gone"));
        assert_eq!(response(broken), (Kind::Aborted, "transfer_broken"));
        let silent = (Kind::DeadlineExceeded, "transfer_silent");
        assert_eq!(response(ReceiveError::Silent), silent);
        let endless = ReceiveError::Endless(Duration::from_secs(1));
        assert_eq!(
            response(endless),
            (Kind::DeadlineExceeded, "transfer_endless")
        );
    }
}
