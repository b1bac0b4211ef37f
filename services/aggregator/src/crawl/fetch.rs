//! Fetches one group from one source.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::head;
use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::View;
use hedgerow_proto::feed_v1;
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_proto::feed_v1::feed_service_client::FeedServiceClient;
use hedgerow_proto::feed_v1::watch_heads_response::Row;
use hedgerow_server::telemetry::span;
use hedgerow_store::{GroupRow, Store, StoreError};
use hedgerow_transport::bounded;
use hedgerow_transport::failure::{CallFailure, Failure, Kind};
use hedgerow_transport::trace::propagate;
use hedgerow_transport::transfer::sync_items;
use tokio::sync::Semaphore;
use tonic::transport::Channel;
use tracing::Instrument;

use super::context::CrawlContext;
use super::quota_reporter::QuotaReporter;
use crate::admission::{GroupDecision, NewGroup, Origin, SOURCE_GROWTH, status};
use crate::failure::OrFailure;
use crate::transfer::{MAX_WANTED, Outcome};

/// The wait after a failure that may pass.
const RETRY: Duration = Duration::from_secs(30);
/// The wait after a head from the future: as long as clocks may differ.
const FUTURE_RETRY: Duration = Duration::from_secs(300);
/// Number of groups with missing bodies that are read from the store at a time.
const PAGE: usize = 100;

/// Fetches from one source. Clones share its connection and quota.
#[derive(Clone)]
pub(super) struct Fetcher {
    pub context: Arc<CrawlContext>,
    pub channel: Channel,
    pub origin: Origin,
    pub quota: Arc<Semaphore>,
    pub reporter: QuotaReporter,
}

/// The result of a fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FetchResult {
    Done,
    /// The row had nothing new.
    Unchanged,
    /// A transfer changed nothing.
    NoEffect,
    /// Not accepted, and a retry soon would not help.
    Missed,
    /// To be retried after this time.
    Retry(Duration),
}

impl Fetcher {
    /// Processes one row: fetches the group if the row has anything new.
    pub(super) async fn fetch_row(
        &self,
        group: GroupId,
        row: feed_v1::WatchHeadsResponse,
    ) -> FetchResult {
        match self.has_news(&group, &row).await {
            Ok(false) => FetchResult::Unchanged,
            Ok(true) => self.fetch_group(group).await,
            Err(error) => {
                tracing::error!(%error, "cannot compare a row with the store");
                FetchResult::Retry(RETRY)
            }
        }
    }

    /// Fetches the difference between the stored state of a group and the source's.
    pub(super) async fn fetch_group(&self, group: GroupId) -> FetchResult {
        self.sync(group, false).await
    }

    /// Requests all bodies that are missing here from this source.
    pub(super) async fn fetch_wanted(&self) {
        let mut after: Option<GroupId> = None;
        loop {
            let groups = match self.store().list_groups_wanting(after.as_ref(), PAGE).await {
                Ok(groups) => groups,
                Err(error) => {
                    tracing::error!(%error, "cannot list missing bodies");
                    return;
                }
            };
            let Some(last) = groups.last() else { return };
            after = Some(*last);
            for group in groups {
                self.sync(group, true).await;
            }
        }
    }

    fn store(&self) -> &Arc<dyn Store> {
        self.context.processor.store()
    }

    /// Returns whether a row has anything that is not stored. Its status is the source's own claim
    /// and changes nothing here; its key-log tip may announce a deactivation.
    async fn has_news(
        &self,
        group_id: &GroupId,
        row: &feed_v1::WatchHeadsResponse,
    ) -> Result<bool, StoreError> {
        let store = self.store();
        let stored = store.group(group_id).await?;
        let envelope = match &row.row {
            Some(Row::Head(envelope)) => Some(envelope),
            Some(Row::Status(_)) | None => None,
        };
        let Some(stored) = stored else {
            return Ok(envelope.is_some() && !self.is_excluded(group_id).await?);
        };
        if row.key_log_tip_hash != stored.tip.as_bytes() {
            return Ok(true);
        }
        if let Some(Row::Status(status)) = row.row {
            self.wake_own_server(&stored, status);
        }
        let Some(peek) = envelope.and_then(|envelope| head::peek(envelope).ok()) else {
            return Ok(false);
        };
        let is_stored = stored
            .head
            .as_ref()
            .is_some_and(|head| head.facts.hash == peek.hash && status::is_complete(head));
        if is_stored {
            store.confirm(group_id, &View::public(), &peek.hash).await?;
            return Ok(false);
        }
        // The peek is not verified, so it may only save a request, never cause a decision.
        let state = store.view_state(group_id, &View::public()).await?;
        Ok(state
            .highest_position
            .is_none_or(|highest| peek.position >= highest))
    }

    /// Returns whether admission would turn an unknown group away for good. One that is only
    /// deferred is fetched even so: that counts it as missed, and it is listed again.
    async fn is_excluded(&self, group_id: &GroupId) -> Result<bool, StoreError> {
        let processor = &self.context.processor;
        let group = NewGroup {
            group_id: *group_id,
            origin: &self.origin,
            excluded: self.store().exclusion(group_id).await?.is_some(),
        };
        let decision = processor.policy().evaluate_group(&group, processor.now());
        Ok(decision == GroupDecision::Excluded)
    }

    /// Wakes the follower of a group's own server. A source that throttles or froze a group
    /// does not pass on its head, and so not its removals either; the group's own server does.
    fn wake_own_server(&self, group: &GroupRow, status: i32) {
        let is_withheld = matches!(
            GroupStatus::try_from(status),
            Ok(GroupStatus::Throttled | GroupStatus::Frozen)
        );
        let endpoint = group
            .head
            .as_ref()
            .and_then(|head| head.facts.endpoint.as_ref());
        let endpoint = endpoint.and_then(|endpoint| Endpoint::parse(endpoint).ok());
        if let Some(endpoint) = endpoint.filter(|_| is_withheld) {
            self.context.announced.wake(&endpoint);
        }
    }

    async fn sync(&self, group: GroupId, only_wanted: bool) -> FetchResult {
        // The narrowest limit first: so a source never occupies places of the wider ones while
        // it waits for its own.
        let Ok(_of_source) = self.quota.acquire().await else {
            return FetchResult::Missed;
        };
        let _of_announced = match self.origin {
            Origin::Announced(_) => self.context.announced_transfers.acquire().await.ok(),
            Origin::Configured(_) | Origin::Push(_) => None,
        };
        let Ok(_of_all) = self.context.transfers.acquire().await else {
            return FetchResult::Missed;
        };
        let timeout = self.context.connector.config().max_transfer();
        let sync = self.try_sync(group, only_wanted);
        let sync = sync.instrument(span::fetch(&group));
        // The request carries a deadline too, but a source need not keep to it.
        let Ok(synced) = tokio::time::timeout(timeout, sync).await else {
            return FetchResult::Retry(RETRY);
        };
        synced.unwrap_or_else(|failure| after_failure(&failure))
    }

    /// Reports a limit of the source itself: those of a group are the group's affair.
    fn report_limit(&self, limit: &str) {
        if limit == SOURCE_GROWTH {
            self.reporter.report(limit);
        }
    }

    /// Whether the stored state of a group differs from the one before a transfer.
    async fn is_changed(
        &self,
        group: &GroupId,
        before: Option<&GroupRow>,
    ) -> Result<bool, Failure> {
        let now = self.store().group_revisions(&[*group]).await.or_failure()?;
        let now = now.first().map(|(_, revision)| *revision);
        Ok(now != before.map(|row| row.revision))
    }

    /// The error is this aggregator's own, also if it rejects what the source sent.
    async fn try_sync(&self, group: GroupId, only_wanted: bool) -> Result<FetchResult, Failure> {
        let store = self.store();
        let stored = store.group(&group).await.or_failure()?;
        let wanted = store.list_wanted(&group, &View::public(), MAX_WANTED).await;
        let wanted = wanted.or_failure()?;
        if only_wanted && wanted.is_empty() {
            return Ok(FetchResult::Done);
        }
        let request = sync_request(&group, stored.as_ref(), &wanted, only_wanted);
        let mut request = tonic::Request::new(request);
        let config = self.context.connector.config();
        request.set_timeout(config.max_transfer());
        propagate(&mut request);
        let client = FeedServiceClient::new(self.channel.clone());
        let mut client = bounded!(client, config.message_bytes);
        let response = match client.sync(request).await {
            Ok(response) => response,
            Err(status) => return Ok(after_call_failure(&status.into())),
        };
        let items = sync_items(response.into_inner());
        let result = self.context.processor.process(items, self.origin).await?;
        match result.outcome {
            Outcome::Throttled => {}
            Outcome::OverQuota(postponed) => {
                self.report_limit(postponed.limit);
                return Ok(FetchResult::Missed);
            }
            Outcome::Wanted(_) => return Ok(FetchResult::Missed),
            Outcome::Stored(_)
            | Outcome::KeyLog
            | Outcome::Frozen
            | Outcome::NotInvited(_)
            | Outcome::Excluded => {
                let is_changed = self.is_changed(&group, stored.as_ref()).await?;
                return Ok(match is_changed {
                    true => FetchResult::Done,
                    false => FetchResult::NoEffect,
                });
            }
        }
        // A throttled head is fetched again as soon as the limit lifts.
        let state = store.view_state(&group, &View::public()).await;
        let throttle = state.or_failure()?.throttle;
        if let Some(throttle) = &throttle {
            self.report_limit(&throttle.limit);
        }
        let until = throttle.and_then(|throttle| throttle.until);
        Ok(until.map_or(FetchResult::Missed, |until| {
            FetchResult::Retry(until.since(self.context.clock.now()))
        }))
    }
}

fn sync_request(
    group: &GroupId,
    stored: Option<&GroupRow>,
    wanted: &[RecordHash],
    only_wanted: bool,
) -> feed_v1::SyncRequest {
    let head = stored.and_then(|row| row.head.as_ref());
    let head = head.filter(|head| head.whole);
    feed_v1::SyncRequest {
        group_id: group.to_vec(),
        view: String::new(),
        have_head_hash: head
            .map(|head| head.facts.hash.to_vec())
            .unwrap_or_default(),
        have_key_event_hash: stored.map(|row| row.tip.to_vec()).unwrap_or_default(),
        wanted_hashes: wanted.iter().map(RecordHash::to_vec).collect(),
        only_wanted,
        // A follower would show the records that the source hides.
        even_if_withheld: false,
    }
}

fn after_call_failure(failure: &CallFailure) -> FetchResult {
    tracing::debug!(reason = %failure.reason, "a source did not send a group");
    if failure.may_be_retried() {
        FetchResult::Retry(failure.retry_after.unwrap_or(RETRY))
    } else {
        FetchResult::Missed
    }
}

fn after_failure(failure: &Failure) -> FetchResult {
    match failure.kind() {
        Kind::Aborted | Kind::Unavailable | Kind::ResourceExhausted | Kind::DeadlineExceeded => {
            FetchResult::Retry(RETRY)
        }
        Kind::FailedPrecondition if failure.reason() == "head_from_the_future" => {
            FetchResult::Retry(FUTURE_RETRY)
        }
        Kind::Internal => {
            tracing::error!(%failure, "cannot store a transfer");
            FetchResult::Retry(RETRY)
        }
        Kind::Invalid
        | Kind::NotFound
        | Kind::AlreadyExists
        | Kind::FailedPrecondition
        | Kind::OutOfRange
        | Kind::Unauthenticated
        | Kind::PermissionDenied
        | Kind::Unimplemented
        | Kind::DataLoss => FetchResult::Missed,
    }
}
