//! Heads as they change.

use std::collections::HashMap;

use futures::Stream;
use futures::stream;
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLog;
use hedgerow_proto::v1;
use hedgerow_rpc::backoff::Backoff;
use hedgerow_rpc::backoff::Retry;
use hedgerow_rpc::failure::CallFailure;
use tonic::Code;
use tonic::Streaming;

use super::Feed;
use super::check_head;
use crate::CheckError;
use crate::ClientError;
use crate::Evidence;
use crate::Unchecked;
use crate::call::worth_trying_again;

/// How many key logs are remembered, so that a group is not asked for its log at each
/// of its heads.
const REMEMBERED: usize = 4_096;

/// One row of a feed.
#[derive(Debug)]
pub struct Change {
    /// The group.
    pub group_id: GroupId,
    /// What there is to say of it.
    pub state: ChangeState,
    /// Where to go on from.
    pub cursor: String,
    /// True in the last row of what was held when the stream began.
    pub caught_up: bool,
    /// True in the first row after the server did not know the cursor that the stream
    /// was to go on from: it begins at its start again.
    pub began_anew: bool,
}

/// What a row says.
#[derive(Debug)]
pub enum ChangeState {
    /// A head, checked against the group's key log; or why that failed.
    Head(Box<Result<Evidence, ClientError>>),
    /// The server shows no head, and says why.
    Status(Unchecked<v1::GroupStatus>),
}

/// A server's heads as they change. A lost connection is made again where it broke.
#[derive(Debug)]
pub struct Watch {
    feed: Feed,
    after: String,
    began_anew: bool,
    stream: Option<Streaming<v1::WatchHeadsResponse>>,
    retry: Retry,
    key_logs: HashMap<GroupId, KeyLog>,
}

impl Feed {
    /// Follows the server's heads: first one row a group, then each change. `after` is a
    /// cursor seen earlier on the same server, or empty.
    pub fn watch(&self, after: &str) -> Watch {
        Watch {
            feed: self.clone(),
            after: after.to_owned(),
            began_anew: false,
            stream: None,
            retry: Retry::new(Backoff::default()),
            key_logs: HashMap::new(),
        }
    }
}

impl Watch {
    /// The next row. Waits as long as it takes; reconnects by itself.
    ///
    /// # Errors
    /// Where the server cannot be reached at the start, or refuses. After rows have come,
    /// a lost connection is waited out.
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
                    if !worth_trying_again(&failure) && failure.code != Code::OutOfRange {
                        return Err(self.feed.server.failed(failure));
                    }
                    self.lost(&failure).await;
                }
            }
        }
    }

    /// The same as a stream. It ends after an error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Change, ClientError>> {
        stream::unfold(Some(self), |watch| async {
            let mut watch = watch?;
            let change = watch.next().await;
            let rest = change.is_ok().then_some(watch);
            Some((change, rest))
        })
    }

    async fn open(&mut self) -> Result<Streaming<v1::WatchHeadsResponse>, ClientError> {
        loop {
            let request = v1::WatchHeadsRequest {
                after: self.after.clone(),
            };
            let mut client = self.feed.client.clone();
            let failure = match client.watch_heads(request).await {
                Ok(response) => return Ok(response.into_inner()),
                Err(status) => CallFailure::from_status(&status),
            };
            let started = !self.after.is_empty();
            let hopeless = !worth_trying_again(&failure) && failure.code != Code::OutOfRange;
            let given_up =
                !started && self.retry.failures() + 1 >= self.feed.server.options.attempts;
            if hopeless || given_up {
                return Err(self.feed.server.failed(failure));
            }
            self.lost(&failure).await;
        }
    }

    async fn lost(&mut self, failure: &CallFailure) {
        if failure.code == Code::OutOfRange {
            // A restored server begins a new stream: listen from its start.
            self.after.clear();
            self.began_anew = true;
        }
        self.pause(failure.retry_after).await;
    }

    async fn pause(&mut self, asked: Option<std::time::Duration>) {
        let random = self.feed.server.options.random.clone();
        let wait = self.retry.failed(asked, &*random);
        tokio::time::sleep(wait).await;
    }

    async fn change(&mut self, row: v1::WatchHeadsResponse) -> Result<Change, ClientError> {
        use v1::watch_heads_response::Row;

        self.after.clone_from(&row.cursor);
        let malformed = |what| self.feed.server.check(CheckError::Malformed(what));
        let group_id = GroupId::try_from(row.group_id.as_slice())
            .map_err(|_| malformed("a row's group id"))?;
        let state = match row.row {
            Some(Row::Head(envelope)) => {
                let checked = self.evidence(&group_id, &row.key_log_tip, &envelope).await;
                ChangeState::Head(Box::new(checked))
            }
            Some(Row::Status(status)) => ChangeState::Status(Unchecked::new(
                v1::GroupStatus::try_from(status).unwrap_or_default(),
            )),
            None => return Err(malformed("a row with neither head nor status")),
        };
        Ok(Change {
            group_id,
            state,
            cursor: row.cursor,
            caught_up: row.caught_up,
            began_anew: std::mem::take(&mut self.began_anew),
        })
    }

    async fn evidence(
        &mut self,
        group: &GroupId,
        tip: &[u8],
        envelope: &[u8],
    ) -> Result<Evidence, ClientError> {
        let held = self
            .key_logs
            .get(group)
            .filter(|held| held.tip_hash().as_bytes() == tip);
        let key_log = match held {
            Some(held) => held.clone(),
            None => {
                let key_log = self.feed.key_log(group).await?;
                if self.key_logs.len() >= REMEMBERED {
                    self.key_logs.clear();
                }
                self.key_logs.insert(*group, key_log.clone());
                key_log
            }
        };
        let head = check_head(&self.feed.server, envelope, &key_log)?;
        Ok(Evidence::new(key_log, head))
    }
}
