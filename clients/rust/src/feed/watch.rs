//! The stream of a server's heads.

use std::collections::HashMap;

use futures_util::{Stream, stream};
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLog;
use hedgerow_proto::feed_v1;
use hedgerow_transport::backoff::{Backoff, Retry};
use hedgerow_transport::failure::CallFailure;
use tonic::{Code, Streaming};

use super::{Feed, verify_head};
use crate::call::is_retryable;
use crate::error::{ClientError, VerificationError};
use crate::verified::{Evidence, Unverified};

/// Maximum number of cached key logs. With the cache, a key log is fetched only when it has
/// changed, not for each head.
const MAX_CACHED_KEY_LOGS: usize = 4_096;

/// One row of a feed.
#[derive(Debug)]
pub struct Change {
    /// The group that changed. `None` if the stream began with nothing to send: then only
    /// `cursor` and `caught_up` have a meaning.
    pub group_id: Option<GroupId>,
    /// Its newest head, or its status.
    pub state: ChangeState,
    /// Pass this to [`Feed::watch`] to resume after this row.
    pub cursor: String,
    /// Set in the last row of those that existed when the stream began.
    pub caught_up: bool,
    /// Set in the first row after the server rejected the cursor: the stream has restarted
    /// from its beginning.
    pub restarted: bool,
}

/// The content of a row.
#[derive(Debug)]
pub enum ChangeState {
    /// A head, verified against the group's key log; or why that failed.
    Head(Box<Result<Evidence, ClientError>>),
    /// Why the server shows no head.
    Status(Unverified<feed_v1::GroupStatus>),
    /// Nothing has changed since the cursor.
    Unchanged,
}

/// A server's heads as they change. Resumes where it stopped if the connection is lost.
#[derive(Debug)]
#[must_use]
pub struct Watch {
    feed: Feed,
    after: String,
    restarted: bool,
    stream: Option<Streaming<feed_v1::WatchHeadsResponse>>,
    retry: Retry,
    key_logs: HashMap<GroupId, KeyLog>,
}

impl Feed {
    /// Follows the server's heads: first one row for each group, then each change. `after` is
    /// a cursor of the same server, or empty.
    pub fn watch(&self, after: &str) -> Watch {
        Watch {
            feed: self.clone(),
            after: after.to_owned(),
            restarted: false,
            stream: None,
            retry: Retry::new(Backoff::default()),
            key_logs: HashMap::new(),
        }
    }
}

impl Watch {
    /// Waits for the next row, without a limit, and reconnects as needed.
    ///
    /// # Errors
    /// If the server cannot be reached at first, or rejects the call. Once there is a cursor,
    /// it reconnects for as long as it takes.
    pub async fn next(&mut self) -> Result<Change, ClientError> {
        loop {
            let mut stream = match self.stream.take() {
                Some(stream) => stream,
                None => self.open().await?,
            };
            match stream.message().await {
                Ok(Some(row)) => {
                    self.stream = Some(stream);
                    self.retry.reset();
                    return self.change(row).await;
                }
                Ok(None) => self.pause(None).await,
                Err(status) => {
                    let failure = CallFailure::from_status(&status);
                    if is_permanent(&failure) {
                        return Err(self.feed.server.failed(failure));
                    }
                    self.disconnected(&failure).await;
                }
            }
        }
    }

    /// Converts this to a stream, which ends after an error.
    #[must_use = "streams do nothing unless polled"]
    pub fn into_stream(self) -> impl Stream<Item = Result<Change, ClientError>> {
        stream::unfold(Some(self), |watch| async {
            let mut watch = watch?;
            let change = watch.next().await;
            let rest = change.is_ok().then_some(watch);
            Some((change, rest))
        })
    }

    async fn open(&mut self) -> Result<Streaming<feed_v1::WatchHeadsResponse>, ClientError> {
        loop {
            let request = feed_v1::WatchHeadsRequest {
                after: self.after.clone(),
            };
            let mut client = self.feed.client.clone();
            let failure = match client.watch_heads(request).await {
                Ok(response) => return Ok(response.into_inner()),
                Err(status) => CallFailure::from_status(&status),
            };
            let has_cursor = !self.after.is_empty();
            let last_attempt = self.retry.failures() + 1 >= self.feed.server.options.attempts;
            if is_permanent(&failure) || (last_attempt && !has_cursor) {
                return Err(self.feed.server.failed(failure));
            }
            self.disconnected(&failure).await;
        }
    }

    async fn disconnected(&mut self, failure: &CallFailure) {
        if failure.code == Code::OutOfRange {
            // A server restored from a backup has a new stream.
            self.after.clear();
            self.restarted = true;
        }
        self.pause(failure.retry_after).await;
    }

    async fn pause(&mut self, retry_after: Option<std::time::Duration>) {
        let random = self.feed.server.options.random.clone();
        let wait = self.retry.failed(retry_after, &*random);
        tokio::time::sleep(wait).await;
    }

    async fn change(&mut self, row: feed_v1::WatchHeadsResponse) -> Result<Change, ClientError> {
        use feed_v1::watch_heads_response::Row;

        self.after.clone_from(&row.cursor);
        if row.caught_up && row.group_id.is_empty() && row.row.is_none() {
            return Ok(Change {
                group_id: None,
                state: ChangeState::Unchanged,
                cursor: row.cursor,
                caught_up: true,
                restarted: std::mem::take(&mut self.restarted),
            });
        }
        let malformed = |part| {
            self.feed
                .server
                .unverified(VerificationError::Malformed(part))
        };
        let group_id = GroupId::try_from(row.group_id.as_slice())
            .map_err(|_| malformed("group id of a row"))?;
        let state = match row.row {
            Some(Row::Head(envelope)) => {
                let evidence = self
                    .evidence(&group_id, &row.key_log_tip_hash, &envelope)
                    .await;
                ChangeState::Head(Box::new(evidence))
            }
            Some(Row::Status(status)) => ChangeState::Status(Unverified::new(
                feed_v1::GroupStatus::try_from(status).unwrap_or_default(),
            )),
            None => return Err(malformed("a row with neither head nor status")),
        };
        Ok(Change {
            group_id: Some(group_id),
            state,
            cursor: row.cursor,
            caught_up: row.caught_up,
            restarted: std::mem::take(&mut self.restarted),
        })
    }

    async fn evidence(
        &mut self,
        group: &GroupId,
        tip: &[u8],
        envelope: &[u8],
    ) -> Result<Evidence, ClientError> {
        let cached = self
            .key_logs
            .get(group)
            .filter(|cached| cached.tip_hash().as_bytes() == tip);
        let key_log = match cached {
            Some(cached) => cached.clone(),
            None => {
                let key_log = self.feed.get_key_log(group).await?;
                if self.key_logs.len() >= MAX_CACHED_KEY_LOGS {
                    self.key_logs.clear();
                }
                self.key_logs.insert(*group, key_log.clone());
                key_log
            }
        };
        let head = verify_head(&self.feed.server, envelope, &key_log)?;
        Ok(Evidence::new(key_log, head))
    }
}

/// Whether the stream cannot be resumed. A rejected cursor (OUT_OF_RANGE) can: from the start.
fn is_permanent(failure: &CallFailure) -> bool {
    !is_retryable(failure) && failure.code != Code::OutOfRange
}
