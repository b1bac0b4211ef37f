//! DirectoryService: the searches of seekers, sites and programs.
//!
//! No query is logged, traced, stored or counted by its words: nothing in here formats a
//! request, and error messages repeat a seeker's words only to the seeker.

use hedgerow_proto::directory_v1;
use hedgerow_proto::directory_v1::SearchFilter;
use hedgerow_proto::directory_v1::directory_service_server::{
    DirectoryService, DirectoryServiceServer,
};
use hedgerow_server::compression::Compressed;
use hedgerow_server::limits::FairTurns;
use hedgerow_server::peer::Peer;
use hedgerow_transport::bounded;
use hedgerow_transport::failure::CallFailure;
use tonic::{Request, Response, Status};

mod cached_record;
mod context;
mod count_records;
mod coverage_cache;
mod filters;
mod geocode;
mod get_coverage;
mod get_group;
mod get_record;
mod hydrate;
mod known_regions;
mod list_events;
mod list_matches;
mod page_token;
mod publisher_cache;
mod record_cache;
mod reference_counts;
mod resource_hours;
mod search_limiter;
mod search_records;
mod snippet;
mod unknown_values;

#[cfg(test)]
mod tests;

pub use context::Directory;
pub(crate) use geocode::Geocoder;

impl Directory {
    /// Wraps it into a gRPC service whose messages are bounded and compressed.
    pub fn into_service(self, message_bytes: usize) -> Compressed<DirectoryServiceServer<Self>> {
        let service = bounded!(DirectoryServiceServer::new(self), message_bytes);
        Compressed::new(service, FairTurns::of_half_the_processors())
    }

    /// Counts the records that match each of the filters. Only pages do this: the service has no
    /// such call.
    pub(crate) async fn count_records(
        &self,
        request: Request<Vec<SearchFilter>>,
    ) -> Result<Vec<u64>, CallFailure> {
        let directory = self.for_peer(Peer::key_of(&request));
        let counts = count_records::count_records(&directory, request.get_ref()).await;
        Ok(counts.map_err(Status::from)?)
    }
}

#[tonic::async_trait]
impl DirectoryService for Directory {
    async fn search_records(
        &self,
        request: Request<directory_v1::SearchRecordsRequest>,
    ) -> Result<Response<directory_v1::SearchRecordsResponse>, Status> {
        let directory = self.for_peer(Peer::key_of(&request));
        let response = search_records::search_records(&directory, request.into_inner()).await?;
        Ok(Response::new(response))
    }

    async fn get_group(
        &self,
        request: Request<directory_v1::GetGroupRequest>,
    ) -> Result<Response<directory_v1::GetGroupResponse>, Status> {
        let directory = self.for_peer(Peer::key_of(&request));
        let response = get_group::get_group(&directory, request.into_inner()).await?;
        Ok(Response::new(response))
    }

    async fn get_record(
        &self,
        request: Request<directory_v1::GetRecordRequest>,
    ) -> Result<Response<directory_v1::GetRecordResponse>, Status> {
        let directory = self.for_peer(Peer::key_of(&request));
        let response = get_record::get_record(&directory, request.into_inner()).await?;
        Ok(Response::new(response))
    }

    async fn list_events(
        &self,
        request: Request<directory_v1::ListEventsRequest>,
    ) -> Result<Response<directory_v1::ListEventsResponse>, Status> {
        let directory = self.for_peer(Peer::key_of(&request));
        let response = list_events::list_events(&directory, request.into_inner()).await?;
        Ok(Response::new(response))
    }

    async fn list_matches(
        &self,
        request: Request<directory_v1::ListMatchesRequest>,
    ) -> Result<Response<directory_v1::ListMatchesResponse>, Status> {
        let directory = self.for_peer(Peer::key_of(&request));
        let response = list_matches::list_matches(&directory, request.into_inner()).await?;
        Ok(Response::new(response))
    }

    async fn get_coverage(
        &self,
        request: Request<directory_v1::GetCoverageRequest>,
    ) -> Result<Response<directory_v1::GetCoverageResponse>, Status> {
        let directory = self.for_peer(Peer::key_of(&request));
        let response = get_coverage::get_coverage(&directory, request.into_inner()).await?;
        Ok(Response::new(response))
    }
}
