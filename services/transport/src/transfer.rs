//! Receiving a transfer: one code path for what `Sync` answers and what `Push` brings.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::pin::pin;
use std::time::Duration;

use futures_util::Stream;
use futures_util::StreamExt;
use hedgerow_core::id::RecordHash;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::sync::SyncError;
use hedgerow_core::sync::SyncReader;
use hedgerow_core::sync::SyncStep;
use hedgerow_core::sync::Transfer;
use hedgerow_proto::feed_v1;
use hedgerow_proto::feed_v1::feed_service_client::FeedServiceClient;
use hedgerow_proto::ingest_v1;
use tonic::Status;
use tonic::Streaming;
use tonic::transport::Channel;

use crate::bounded;
use crate::connector::ConnectorConfig;
use crate::failure::CallFailure;
use crate::failure::Failure;
use crate::failure::Kind;
use crate::trace::propagate;

/// How long the other side may say nothing in mid-transfer.
pub const LONGEST_SILENCE: Duration = Duration::from_secs(60);

/// Where a transfer's verified parts go as they come.
#[async_trait::async_trait]
pub trait BodySink: Send {
    /// The key log grew by verified events. They are kept, whatever becomes of the rest of
    /// the transfer.
    ///
    /// # Errors
    /// To end the transfer, with what the other side is told.
    async fn key_log(&mut self, log: &KeyLog) -> Result<(), Failure>;

    /// The head (or, of an ended group, the key log alone) is verified, and bodies are
    /// about to come: the place to turn an unwanted transfer away before it costs
    /// anything. `reader.key_log()` and `reader.head()` tell what it is.
    ///
    /// # Errors
    /// To end the transfer, with what the other side is told.
    async fn begin(&mut self, reader: &SyncReader) -> Result<(), Failure> {
        let _ = reader;
        Ok(())
    }

    /// A record's bytes, whose hash is verified to be under the head or wanted.
    ///
    /// # Errors
    /// To end the transfer, with what the other side is told.
    async fn put(&mut self, hash: RecordHash, record: Vec<u8>) -> Result<(), Failure>;
}

/// A whole transfer, verified; nothing of it is committed yet.
#[derive(Debug)]
pub struct Received {
    /// What it leads to.
    pub transfer: Transfer,
    /// Hashes of bodies that the sender does not have.
    pub not_here: Vec<RecordHash>,
    /// How many bodies came.
    pub bodies: u32,
    /// How many bytes of bodies came.
    pub body_bytes: u64,
}

/// Why a transfer did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The other side, or the connection, ended it.
    #[error("the transfer was ended by the other side: {0}")]
    Peer(#[source] Box<CallFailure>),
    /// What came breaks the rules.
    #[error("what was sent breaks the rules: {0}")]
    Rules(#[from] SyncError),
    /// This side turned it away.
    #[error("the transfer was turned away: {0}")]
    Refused(#[source] Failure),
    /// Nothing came for too long.
    #[error("the other side said nothing for {} seconds", LONGEST_SILENCE.as_secs())]
    Silent,
    /// It went on for too long.
    #[error("the transfer did not end within {} seconds", .0.as_secs())]
    Endless(Duration),
}

impl ReceiveError {
    /// The stable reason.
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
        Self::Peer(Box::new(CallFailure::from(status)))
    }
}

impl From<ReceiveError> for Failure {
    /// What the sender of a `Push` is told.
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Peer(failure) => Failure::new(
                Kind::Aborted,
                "transfer_broken",
                format!("The transfer ended before its end: {failure}"),
            ),
            ReceiveError::Rules(error) => Self::from(error),
            ReceiveError::Refused(failure) => failure,
            ReceiveError::Silent => Self::new(
                Kind::DeadlineExceeded,
                "transfer_silent",
                "The transfer paused for too long; begin again.",
            ),
            ReceiveError::Endless(_) => Self::new(
                Kind::DeadlineExceeded,
                "transfer_endless",
                "The transfer went on for too long; begin again.",
            ),
        }
    }
}

/// Receives a transfer item by item: each is checked by `reader`, each body goes to
/// `sink` at once, so that memory stays bounded.
///
/// # Errors
/// Where the stream breaks, breaks the rules, falls silent, or is turned away. Nothing
/// has happened then, but what the sink was given is verified and may be kept.
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
        not_here: BTreeSet::new(),
        bodies: 0,
        body_bytes: 0,
    };
    let read = receiving.read(pin!(items)).await;
    // Also where the rest failed.
    receiving.keep_key_log().await?;
    read?;
    Ok(Received {
        transfer: receiving.reader.finish()?,
        not_here: receiving.not_here.into_iter().collect(),
        bodies: receiving.bodies,
        body_bytes: receiving.body_bytes,
    })
}

struct Receiving<'a> {
    reader: SyncReader,
    sink: &'a mut dyn BodySink,
    key_log_grew: bool,
    /// A set, so that a sender that repeats itself costs nothing.
    not_here: BTreeSet<RecordHash>,
    bodies: u32,
    body_bytes: u64,
}

impl Receiving<'_> {
    async fn read<S>(&mut self, mut items: Pin<&mut S>) -> Result<(), ReceiveError>
    where
        S: Stream<Item = Result<feed_v1::SyncItem, Status>>,
    {
        loop {
            let next = tokio::time::timeout(LONGEST_SILENCE, items.next())
                .await
                .map_err(|_| ReceiveError::Silent)?;
            let Some(item) = next else { return Ok(()) };
            let step = self.reader.accept(item?)?;
            if step == SyncStep::KeyLog {
                self.key_log_grew = true;
                continue;
            }
            self.keep_key_log().await?;
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
                SyncStep::NotHere(hash) => {
                    self.not_here.insert(hash);
                }
                SyncStep::Complete => return Ok(()),
            }
        }
    }

    /// Hands the key log on once its new events have come.
    async fn keep_key_log(&mut self) -> Result<(), ReceiveError> {
        if std::mem::take(&mut self.key_log_grew)
            && let Some(log) = self.reader.key_log()
        {
            let kept = self.sink.key_log(log).await;
            kept.map_err(ReceiveError::Refused)?;
        }
        Ok(())
    }
}

/// Asks a server for a transfer, and receives it, within the limits of `config`.
///
/// # Errors
/// As [`receive`], or where the call fails.
pub async fn sync(
    channel: Channel,
    config: &ConnectorConfig,
    request: feed_v1::SyncRequest,
    reader: SyncReader,
    sink: &mut dyn BodySink,
) -> Result<Received, ReceiveError> {
    let longest = config.longest_transfer();
    let mut client = bounded!(FeedServiceClient::new(channel), config.message_bytes);
    let mut request = tonic::Request::new(request);
    request.set_timeout(longest);
    propagate(&mut request);
    let whole = async {
        let answers = client.sync(request).await?.into_inner();
        receive(sync_items(answers), reader, sink).await
    };
    // The other side is asked to keep to the time, and not trusted to.
    tokio::time::timeout(longest, whole)
        .await
        .map_err(|_| ReceiveError::Endless(longest))?
}

/// The items of `Sync`'s answers.
pub fn sync_items(
    answers: Streaming<feed_v1::SyncResponse>,
) -> impl Stream<Item = Result<feed_v1::SyncItem, Status>> + Send {
    answers.map(|answer| Ok(answer?.item.unwrap_or_default()))
}

/// The items of `Push`'s requests.
pub fn push_items(
    requests: Streaming<ingest_v1::PushRequest>,
) -> impl Stream<Item = Result<feed_v1::SyncItem, Status>> + Send {
    requests.map(|request| Ok(request?.item.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use hedgerow_core::id::Commitment;
    use hedgerow_core::key_log::incept;
    use hedgerow_core::keys::SigningKey;
    use hedgerow_core::sync::SyncLimits;
    use hedgerow_core::sync::end_item;

    use super::*;

    /// Keeps key logs; turns every head away.
    #[derive(Default)]
    struct Picky {
        key_logs: Vec<u32>,
    }

    #[async_trait::async_trait]
    impl BodySink for Picky {
        async fn key_log(&mut self, log: &KeyLog) -> Result<(), Failure> {
            self.key_logs.push(log.tip_index());
            Ok(())
        }

        async fn begin(&mut self, _reader: &SyncReader) -> Result<(), Failure> {
            Err(Failure::failed_precondition("not_invited", "not here"))
        }

        async fn put(&mut self, _hash: RecordHash, _record: Vec<u8>) -> Result<(), Failure> {
            unreachable!("nothing gets so far")
        }
    }

    fn key_event() -> feed_v1::SyncItem {
        let key = SigningKey::from_seed([1; 32]);
        let event = incept(&key, [2; 32], Commitment::from_bytes([3; 32]), [4; 16]);
        feed_v1::SyncItem {
            item: Some(feed_v1::sync_item::Item::KeyEvent(event)),
        }
    }

    fn reader() -> SyncReader {
        SyncReader::new(SyncLimits::default(), None, None)
    }

    #[tokio::test]
    async fn key_events_are_kept_even_where_the_rest_fails() {
        let mut sink = Picky::default();
        let items = stream::iter([Ok(key_event()), Err(Status::unavailable("gone"))]);
        let failed = receive(items, reader(), &mut sink).await.unwrap_err();
        assert!(matches!(failed, ReceiveError::Peer(_)));
        assert_eq!(sink.key_logs, [0]);
    }

    #[tokio::test]
    async fn a_key_log_may_travel_alone() {
        let mut sink = Picky::default();
        let items = stream::iter([Ok(key_event()), Ok(end_item(0))]);
        let received = receive(items, reader(), &mut sink).await.unwrap();
        assert!(received.transfer.head.is_none());
        assert!(received.transfer.new_key_events);
    }

    #[tokio::test]
    async fn an_empty_message_and_a_missing_end_have_their_reasons() {
        let mut sink = Picky::default();
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
    async fn silence_ends_a_transfer() {
        let mut sink = Picky::default();
        let failed = receive(stream::pending(), reader(), &mut sink).await;
        assert!(matches!(failed, Err(ReceiveError::Silent)));
    }
}
