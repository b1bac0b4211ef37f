//! StewardService: what a steward can do with a group, one file for each RPC.

mod auth;
mod commit_key_event;
mod create_record;
mod draft_key_event;
mod force_sign;
mod get_group;
mod get_record;
mod list_records;
mod publish_records;
mod request;
mod update_record;
mod withdraw_record;

use std::sync::Arc;

use hedgerow_proto::steward_v1;
use hedgerow_proto::steward_v1::steward_service_server::{StewardService, StewardServiceServer};
use hedgerow_transport::bounded;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::{Request, Response, Status};

use crate::publish::Author;
use crate::shared::Shared;
use auth::AuthorizedGroup;

pub use auth::GROUP_METADATA;
pub(crate) use get_group::get_group;
pub(crate) use list_records::list_records;
pub(crate) use publish_records::{preview_records, publish_records};

/// The service's full name, for health and reflection.
pub const SERVICE: &str = "hedgerow.steward.v1.StewardService";

/// Handles the calls of stewards. Each call has passed the [`TokenInterceptor`].
pub(crate) struct StewardHandler {
    shared: Arc<Shared>,
}

/// Authenticates each call by its token, and attaches the token's group to it.
#[derive(Clone)]
pub(crate) struct TokenInterceptor(Arc<Shared>);

impl Interceptor for TokenInterceptor {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        auth::authorize(&self.0.groups, request)
    }
}

/// Builds the service with its interceptor.
pub(crate) fn service(
    shared: Arc<Shared>,
) -> InterceptedService<StewardServiceServer<StewardHandler>, TokenInterceptor> {
    let interceptor = TokenInterceptor(Arc::clone(&shared));
    let message_bytes = shared.config.limits.message_bytes;
    let server = StewardServiceServer::new(StewardHandler { shared });
    let server = bounded!(server, message_bytes);
    InterceptedService::new(server, interceptor)
}

#[tonic::async_trait]
impl StewardService for StewardHandler {
    async fn get_group(
        &self,
        request: Request<steward_v1::GetGroupRequest>,
    ) -> Result<Response<steward_v1::GetGroupResponse>, Status> {
        let group = AuthorizedGroup::from_request(&request)?;
        let response = get_group(&self.shared, &group);
        Ok(Response::new(response.await?))
    }

    async fn list_records(
        &self,
        request: Request<steward_v1::ListRecordsRequest>,
    ) -> Result<Response<steward_v1::ListRecordsResponse>, Status> {
        let group = AuthorizedGroup::from_request(&request)?;
        let response = list_records(&self.shared, &group, request.into_inner());
        Ok(Response::new(response.await?))
    }

    async fn get_record(
        &self,
        request: Request<steward_v1::GetRecordRequest>,
    ) -> Result<Response<steward_v1::GetRecordResponse>, Status> {
        let group = AuthorizedGroup::from_request(&request)?;
        let response = get_record::get_record(&self.shared, &group, request.into_inner());
        Ok(Response::new(response.await?))
    }

    async fn create_record(
        &self,
        request: Request<steward_v1::CreateRecordRequest>,
    ) -> Result<Response<steward_v1::CreateRecordResponse>, Status> {
        let group = AuthorizedGroup::from_request(&request)?;
        let response = create_record::create_record(&self.shared, &group, request.into_inner());
        Ok(Response::new(response.await?))
    }

    async fn update_record(
        &self,
        request: Request<steward_v1::UpdateRecordRequest>,
    ) -> Result<Response<steward_v1::UpdateRecordResponse>, Status> {
        let group = AuthorizedGroup::from_request(&request)?;
        let response = update_record::update_record(&self.shared, &group, request.into_inner());
        Ok(Response::new(response.await?))
    }

    async fn withdraw_record(
        &self,
        request: Request<steward_v1::WithdrawRecordRequest>,
    ) -> Result<Response<steward_v1::WithdrawRecordResponse>, Status> {
        let group = AuthorizedGroup::from_request(&request)?;
        let request = request.into_inner();
        let response = withdraw_record::withdraw_record(&self.shared, &group, request);
        Ok(Response::new(response.await?))
    }

    async fn publish_records(
        &self,
        request: Request<steward_v1::PublishRecordsRequest>,
    ) -> Result<Response<steward_v1::PublishRecordsResponse>, Status> {
        let group = AuthorizedGroup::from_request(&request)?;
        let request = request.into_inner();
        let response = publish_records(&self.shared, &group, request, Author::default());
        Ok(Response::new(response.await?))
    }

    async fn force_sign(
        &self,
        request: Request<steward_v1::ForceSignRequest>,
    ) -> Result<Response<steward_v1::ForceSignResponse>, Status> {
        let group = AuthorizedGroup::from_request(&request)?;
        let response = force_sign::force_sign(&self.shared, &group, request.into_inner());
        Ok(Response::new(response.await?))
    }

    async fn draft_key_event(
        &self,
        request: Request<steward_v1::DraftKeyEventRequest>,
    ) -> Result<Response<steward_v1::DraftKeyEventResponse>, Status> {
        let group = AuthorizedGroup::from_request(&request)?;
        let response = draft_key_event::draft_key_event(&self.shared, &group);
        Ok(Response::new(response.await?))
    }

    async fn commit_key_event(
        &self,
        request: Request<steward_v1::CommitKeyEventRequest>,
    ) -> Result<Response<steward_v1::CommitKeyEventResponse>, Status> {
        let group = AuthorizedGroup::from_request(&request)?;
        let request = request.into_inner();
        let response = commit_key_event::commit_key_event(&self.shared, &group, request);
        Ok(Response::new(response.await?))
    }
}
