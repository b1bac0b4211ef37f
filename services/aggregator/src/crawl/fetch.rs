//! Fetching one group from one source.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::address::Address;
use hedgerow_core::head;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::View;
use hedgerow_proto::v1;
use hedgerow_proto::v1::feed_service_client::FeedServiceClient;
use hedgerow_proto::v1::watch_heads_response::Row;
use hedgerow_rpc::bounded;
use hedgerow_rpc::failure::CallFailure;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::telemetry::propagate;
use hedgerow_rpc::telemetry::span;
use hedgerow_rpc::transfer::sync_items;
use tokio::sync::Semaphore;
use tonic::transport::Channel;
use tracing::Instrument;

use super::Crawl;
use crate::apply::MAX_WANTED;
use crate::apply::Origin;
use crate::apply::Outcome;
use crate::store::GroupRow;
use crate::store::StoreError;

/// A failure that may pass is tried again after this.
const AGAIN: Duration = Duration::from_secs(30);
/// How many groups with missing bodies are read at once.
const PAGE: usize = 100;

/// Fetches from one source.
#[derive(Clone)]
pub(super) struct Fetch {
    crawl: Arc<Crawl>,
    channel: Channel,
    origin: Origin,
    /// Its share of the transfers: taken first, so that one source never queues with more
    /// before the others.
    share: Arc<Semaphore>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fetched {
    Done,
    /// Not taken, and no use trying again soon.
    Missed,
    /// Worth trying again after this time.
    Again(Duration),
}

impl Fetch {
    pub(super) fn new(
        crawl: Arc<Crawl>,
        channel: Channel,
        origin: Origin,
        share: Arc<Semaphore>,
    ) -> Self {
        Self {
            crawl,
            channel,
            origin,
            share,
        }
    }

    /// Deals with one row: fetches the group where the row tells of anything new.
    pub(super) async fn row(&self, group: GroupId, row: v1::WatchHeadsResponse) -> Fetched {
        match self.is_news(&group, &row).await {
            Ok(false) => Fetched::Done,
            Ok(true) => self.group(group).await,
            Err(error) => {
                tracing::error!(%error, "a row could not be compared with what is held");
                Fetched::Again(AGAIN)
            }
        }
    }

    /// Fetches a group: what leads from what is held to what the source has.
    pub(super) async fn group(&self, group: GroupId) -> Fetched {
        self.sync(group, false).await
    }

    /// Asks the source for all bodies that are missing here.
    pub(super) async fn wanted(&self) {
        let mut after: Option<GroupId> = None;
        loop {
            let groups = match self
                .crawl
                .apply
                .store()
                .groups_wanting(after.as_ref(), PAGE)
                .await
            {
                Ok(groups) => groups,
                Err(error) => {
                    tracing::error!(%error, "missing bodies could not be listed");
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

    /// Whether a row tells of anything that is not held. A status is the source's own
    /// word and changes nothing; its key-log tip may tell of a deactivation.
    async fn is_news(
        &self,
        group: &GroupId,
        row: &v1::WatchHeadsResponse,
    ) -> Result<bool, StoreError> {
        let store = self.crawl.apply.store();
        let held = store.group(group).await?;
        let envelope = match &row.row {
            Some(Row::Head(envelope)) => Some(envelope),
            Some(Row::Status(_)) | None => None,
        };
        let Some(held) = held else {
            return Ok(envelope.is_some() && store.exclusion(group).await?.is_none());
        };
        if row.key_log_tip != held.tip.as_bytes() {
            return Ok(true);
        }
        if let Some(Row::Status(status)) = row.row {
            self.ask_itself(&held, status);
        }
        let Some(peek) = envelope.and_then(|envelope| head::peek(envelope).ok()) else {
            return Ok(false);
        };
        if holds(&held, &peek) {
            store.confirm(group, &View::public(), &peek.hash).await?;
            return Ok(false);
        }
        let state = store.view_state(group, &View::public()).await?;
        Ok(state
            .highest_position
            .is_none_or(|highest| peek.position >= highest))
    }

    /// A source that holds a group's head back does not pass on what that head takes
    /// back; the group's own server does.
    fn ask_itself(&self, held: &GroupRow, status: i32) {
        let holds_back = matches!(
            v1::GroupStatus::try_from(status),
            Ok(v1::GroupStatus::Throttled | v1::GroupStatus::Frozen)
        );
        let endpoint = held.head.as_ref().and_then(|head| head.endpoint.as_ref());
        let endpoint = endpoint.and_then(|endpoint| Address::parse(endpoint).ok());
        if let Some(endpoint) = endpoint.filter(|_| holds_back) {
            self.crawl.wake(&endpoint);
        }
    }

    async fn sync(&self, group: GroupId, only_wanted: bool) -> Fetched {
        let Ok(_share) = self.share.acquire().await else {
            return Fetched::Missed;
        };
        let _announced = match &self.origin {
            Origin::Announced(_) => self.crawl.announced_transfers.acquire().await.ok(),
            Origin::Configured | Origin::Push(_) => None,
        };
        let Ok(_place) = self.crawl.transfers.acquire().await else {
            return Fetched::Missed;
        };
        let config = self.crawl.connector.config();
        let fetching = self.try_sync(group, only_wanted);
        let fetching = fetching.instrument(span::fetch(&group));
        // The source is asked to keep to the time, and not trusted to.
        let Ok(synced) = tokio::time::timeout(config.longest_transfer(), fetching).await else {
            return Fetched::Again(AGAIN);
        };
        match synced {
            Ok(fetched) => fetched,
            Err(SyncFailed::Call(failure)) => {
                tracing::debug!(reason = %failure.reason, "a source did not send a group");
                if failure.may_be_retried() {
                    Fetched::Again(failure.retry_after.unwrap_or(AGAIN))
                } else {
                    Fetched::Missed
                }
            }
            Err(SyncFailed::Here(failure)) => after_failure(&failure),
        }
    }

    async fn try_sync(&self, group: GroupId, only_wanted: bool) -> Result<Fetched, SyncFailed> {
        let store = self.crawl.apply.store();
        let held = store.group(&group).await.map_err(Failure::from)?;
        let wanted = store
            .wanted(&group, &View::public(), MAX_WANTED)
            .await
            .map_err(Failure::from)?;
        if only_wanted && wanted.is_empty() {
            return Ok(Fetched::Done);
        }
        let head = held
            .as_ref()
            .and_then(|row| row.head.as_ref())
            .filter(|head| head.whole);
        let mut request = tonic::Request::new(v1::SyncRequest {
            group_id: group.to_vec(),
            view: String::new(),
            have_head: head.map(|head| head.hash.to_vec()).unwrap_or_default(),
            have_key_event: held
                .as_ref()
                .map(|row| row.tip.to_vec())
                .unwrap_or_default(),
            wanted: wanted.iter().map(RecordHash::to_vec).collect(),
            only_wanted,
        });
        let config = self.crawl.connector.config();
        request.set_timeout(config.longest_transfer());
        propagate(&mut request);
        let mut client = bounded!(
            FeedServiceClient::new(self.channel.clone()),
            config.message_bytes
        );
        let answers = client
            .sync(request)
            .await
            .map_err(CallFailure::from)?
            .into_inner();
        let applied = self
            .crawl
            .apply
            .take(sync_items(answers), &self.origin)
            .await?;
        match applied.outcome {
            Outcome::HeldBack => {}
            Outcome::TooManyNewGroups | Outcome::Wanted(_) => return Ok(Fetched::Missed),
            Outcome::Held(_)
            | Outcome::KeyLog
            | Outcome::Frozen
            | Outcome::NotInvited(_)
            | Outcome::Excluded => return Ok(Fetched::Done),
        }
        // What the limit holds back is filled in when it lifts.
        let until = store
            .view_state(&group, &View::public())
            .await
            .map_err(Failure::from)?
            .held_back
            .and_then(|held| held.until);
        Ok(until.map_or(Fetched::Missed, |until| {
            Fetched::Again(until.since(self.crawl.clock.now()))
        }))
    }
}

enum SyncFailed {
    Call(CallFailure),
    Here(Failure),
}

impl From<CallFailure> for SyncFailed {
    fn from(failure: CallFailure) -> Self {
        Self::Call(failure)
    }
}

impl From<Failure> for SyncFailed {
    fn from(failure: Failure) -> Self {
        Self::Here(failure)
    }
}

/// Whether this very head is held, as far as it is to be.
fn holds(held: &GroupRow, peek: &head::HeadPeek) -> bool {
    held.head
        .as_ref()
        .is_some_and(|head| head.hash == peek.hash && (head.whole || !head.invited))
}

fn after_failure(failure: &Failure) -> Fetched {
    use hedgerow_rpc::failure::Kind;
    match failure.kind() {
        Kind::Aborted | Kind::Unavailable | Kind::ResourceExhausted | Kind::DeadlineExceeded => {
            Fetched::Again(AGAIN)
        }
        Kind::FailedPrecondition if failure.reason() == "head_from_the_future" => {
            Fetched::Again(Duration::from_secs(300))
        }
        Kind::Internal => {
            tracing::error!(%failure, "a transfer could not be kept");
            Fetched::Again(AGAIN)
        }
        Kind::Invalid
        | Kind::NotFound
        | Kind::AlreadyExists
        | Kind::FailedPrecondition
        | Kind::OutOfRange
        | Kind::Unauthenticated
        | Kind::PermissionDenied
        | Kind::Unimplemented
        | Kind::DataLoss => Fetched::Missed,
    }
}
