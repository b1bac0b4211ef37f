//! DirectoryService: what seekers, sites and programs ask.
//!
//! No query is logged, traced, counted by its words or kept: nothing in here formats a
//! request, and the messages of failures repeat a seeker's words only to the seeker.

use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::time::Clock;
use hedgerow_core::time::Random;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_proto::v1::directory_service_server::DirectoryService;
use hedgerow_proto::v1::directory_service_server::DirectoryServiceServer;
use hedgerow_rpc::failure::Failure;
use tonic::Request;
use tonic::Response;
use tonic::Status;

use crate::config::Config;
use crate::config::DirectoryConfig;
use crate::index::Index;
use crate::index::IndexError;
use crate::store::GroupRow;
use crate::store::Store;

mod continuation;
mod counting;
mod coverage;
mod crowd;
mod get_group;
mod get_record;
mod hit;
mod list_events;
mod loosen;
mod matches;
mod near;
mod page_token;
mod publishers;
mod question;
mod recent;
mod search;
mod snippet;
mod told;

#[cfg(test)]
mod tests;

use crowd::Crowd;
use page_token::Seal;
use publishers::Publishers;
use recent::Recent;

/// The service, over what is held and indexed.
pub fn service(
    store: Arc<dyn Store>,
    index: Index,
    clock: Arc<dyn Clock>,
    random: &dyn Random,
    config: &Config,
) -> DirectoryServiceServer<Directory> {
    let directory = Directory {
        page_size: config.directory.page_size,
        ..Directory::new(store, index, clock, random)
    };
    hedgerow_rpc::bounded!(
        DirectoryServiceServer::new(directory),
        config.limits.message_bytes
    )
}

/// Answers seekers.
pub struct Directory {
    store: Arc<dyn Store>,
    index: Index,
    clock: Arc<dyn Clock>,
    crowd: Crowd,
    publishers: Publishers,
    recent: Recent,
    /// On page tokens.
    seal: Seal,
    /// The most rows of a page.
    page_size: u32,
}

impl Directory {
    /// Answers from this store, found by this index.
    pub fn new(
        store: Arc<dyn Store>,
        index: Index,
        clock: Arc<dyn Clock>,
        random: &dyn Random,
    ) -> Self {
        Self {
            store,
            index,
            clock,
            crowd: Crowd::default(),
            publishers: Publishers::default(),
            recent: Recent::default(),
            seal: Seal::new(random),
            page_size: DirectoryConfig::default().page_size,
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Refuses a page of more rows than this server gives. What none gives is told later,
    /// with everything else that is wrong.
    fn page_of(&self, rows: u32) -> Result<(), Failure> {
        if rows <= self.page_size || rows > DirectoryConfig::default().page_size {
            return Ok(());
        }
        let message = format!("at most {} rows a page", self.page_size);
        Err(Failure::invalid_field(
            "page_size",
            "page_size_too_large",
            message,
        ))
    }

    /// What is held of a group, or why not.
    async fn known_group(&self, group: &GroupId) -> Result<GroupRow, Failure> {
        self.store.group(group).await?.ok_or_else(|| {
            Failure::not_found("group_unknown", "nothing is held of this group here")
                .with("group_id", group)
        })
    }
}

#[tonic::async_trait]
impl DirectoryService for Directory {
    async fn search(
        &self,
        request: Request<v1::SearchRequest>,
    ) -> Result<Response<v1::SearchResponse>, Status> {
        let _answering = self.index.answering();
        let request = request.into_inner();
        self.page_of(request.page_size)?;
        Ok(Response::new(search::search(self, request).await?))
    }

    async fn get_group(
        &self,
        request: Request<v1::GetGroupRequest>,
    ) -> Result<Response<v1::GetGroupResponse>, Status> {
        let _answering = self.index.answering();
        Ok(Response::new(
            get_group::get_group(self, request.into_inner()).await?,
        ))
    }

    async fn get_record(
        &self,
        request: Request<v1::GetRecordRequest>,
    ) -> Result<Response<v1::GetRecordResponse>, Status> {
        let _answering = self.index.answering();
        Ok(Response::new(
            get_record::get_record(self, request.into_inner()).await?,
        ))
    }

    async fn list_events(
        &self,
        request: Request<v1::ListEventsRequest>,
    ) -> Result<Response<v1::ListEventsResponse>, Status> {
        let request = request.into_inner();
        self.page_of(request.page_size)?;
        let _answering = self.index.answering();
        Ok(Response::new(
            list_events::list_events(self, request).await?,
        ))
    }

    async fn matches(
        &self,
        request: Request<v1::MatchesRequest>,
    ) -> Result<Response<v1::MatchesResponse>, Status> {
        let _answering = self.index.answering();
        let request = request.into_inner();
        self.page_of(request.page_size)?;
        Ok(Response::new(matches::matches(self, request).await?))
    }

    async fn coverage(
        &self,
        request: Request<v1::CoverageRequest>,
    ) -> Result<Response<v1::CoverageResponse>, Status> {
        let _answering = self.index.answering();
        Ok(Response::new(
            coverage::coverage(self, request.into_inner()).await?,
        ))
    }
}

impl From<IndexError> for Failure {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Store(error) => error.into(),
            error @ (IndexError::Folder { .. }
            | IndexError::Engine(_)
            | IndexError::Damaged(_)
            | IndexError::BrokenOff(_)) => Self::internal(error),
        }
    }
}
