//! FeedService, for nodes and aggregators alike: one file for each RPC, over a [`FeedSource`].

use std::sync::Arc;

use hedgerow_proto::feed_v1;
use hedgerow_proto::feed_v1::feed_service_server::FeedServiceServer;
use hedgerow_transport::bounded;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use crate::compression::{Compressed, Incompressible};
use crate::limits::{FairTurns, FeedLimits, PeerLimiter, Progress};
use crate::peer::Peer;
use budget::{FeedBudget, PeerBudget};
use manifests::Manifests;

pub use source::{
    FeedSource, HeadRow, Rivals, Row, Snapshot, SnapshotHead, WatchRow, format_cursor,
    group_unknown, no_head, parse_cursor, withheld,
};

mod budget;
mod find_group;
mod get_head;
mod get_key_log;
mod get_proof;
mod get_rivals;
mod manifests;
#[cfg(test)]
pub(crate) mod memory;
mod source;
mod sync;
mod watch_heads;

/// The full name of FeedService, for health and reflection.
pub const SERVICE: &str = "hedgerow.feed.v1.FeedService";

/// Implements FeedService over a [`FeedSource`].
#[derive(Clone)]
pub struct FeedHandler {
    source: Arc<dyn FeedSource>,
    limits: FeedLimits,
    watchers: PeerLimiter,
    budget: FeedBudget,
    manifests: Manifests,
    compression: FairTurns,
}

impl FeedHandler {
    #[must_use]
    pub fn new(source: Arc<dyn FeedSource>, limits: FeedLimits) -> Self {
        Self {
            source,
            watchers: PeerLimiter::new(limits.watchers, limits.watchers_per_peer)
                .evicting(watch_heads::EVICT_AFTER),
            budget: FeedBudget::new(&limits),
            manifests: Manifests::new(),
            compression: FairTurns::of_half_the_processors(),
            limits,
        }
    }

    /// Converts to the tonic service, with a message limit and compression.
    #[must_use]
    pub fn into_service(self, message_bytes: usize) -> Compressed<FeedServiceServer<Self>> {
        let turns = self.compression.clone();
        Compressed::new(bounded!(FeedServiceServer::new(self), message_bytes), turns)
    }

    fn budget_of<T>(&self, request: &Request<T>) -> PeerBudget {
        self.budget.for_peer(Peer::key_of(request))
    }
}

/// Makes a response that consists of hashes and signatures.
fn incompressible<T>(message: T) -> Response<T> {
    let mut response = Response::new(message);
    response.extensions_mut().insert(Incompressible);
    response
}

#[tonic::async_trait]
impl feed_v1::feed_service_server::FeedService for FeedHandler {
    type WatchHeadsStream = ReceiverStream<Result<feed_v1::WatchHeadsResponse, Status>>;
    type SyncStream = ReceiverStream<Result<feed_v1::SyncResponse, Status>>;

    async fn get_head(
        &self,
        request: Request<feed_v1::GetHeadRequest>,
    ) -> Result<Response<feed_v1::GetHeadResponse>, Status> {
        let response = get_head::get_head(&*self.source, request.get_ref()).await?;
        Ok(incompressible(response))
    }

    async fn get_key_log(
        &self,
        request: Request<feed_v1::GetKeyLogRequest>,
    ) -> Result<Response<feed_v1::GetKeyLogResponse>, Status> {
        let budget = self.budget_of(&request);
        let response = get_key_log::get_key_log(&*self.source, &budget, request.get_ref()).await?;
        Ok(incompressible(response))
    }

    async fn find_group(
        &self,
        request: Request<feed_v1::FindGroupRequest>,
    ) -> Result<Response<feed_v1::FindGroupResponse>, Status> {
        let response = find_group::find_group(&*self.source, request.get_ref()).await?;
        Ok(Response::new(response))
    }

    async fn watch_heads(
        &self,
        request: Request<feed_v1::WatchHeadsRequest>,
    ) -> Result<Response<Self::WatchHeadsStream>, Status> {
        let place = watch_heads::acquire(&self.watchers, Peer::key_of(&request))?;
        let rows = watch_heads::watch_heads(
            Arc::clone(&self.source),
            &self.limits,
            place,
            request.into_inner(),
        );
        Ok(Response::new(rows))
    }

    async fn sync(
        &self,
        request: Request<feed_v1::SyncRequest>,
    ) -> Result<Response<Self::SyncStream>, Status> {
        let budget = self.budget_of(&request);
        let progress = Progress::of(&request);
        let source = Arc::clone(&self.source);
        let request = request.into_inner();
        let started = sync::sync(source, &self.manifests, budget, progress, request).await?;
        Ok(if started.is_mostly_hashes {
            incompressible(started.items)
        } else {
            Response::new(started.items)
        })
    }

    async fn get_rivals(
        &self,
        request: Request<feed_v1::GetRivalsRequest>,
    ) -> Result<Response<feed_v1::GetRivalsResponse>, Status> {
        let budget = self.budget_of(&request);
        let response = get_rivals::get_rivals(&*self.source, &budget, request.get_ref()).await?;
        Ok(incompressible(response))
    }

    async fn get_proof(
        &self,
        request: Request<feed_v1::GetProofRequest>,
    ) -> Result<Response<feed_v1::GetProofResponse>, Status> {
        let budget = self.budget_of(&request);
        let response =
            get_proof::get_proof(&*self.source, &self.manifests, &budget, request.get_ref())
                .await?;
        Ok(incompressible(response))
    }
}

#[cfg(test)]
mod tests;
