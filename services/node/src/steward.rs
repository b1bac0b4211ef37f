//! StewardService: what a steward does with a group, one file an RPC.

mod auth;
mod create_record;
mod get_group;
mod list_records;
mod publish_records;
mod read_record;
mod request;
mod sign_without_answer;
mod take_back_record;
mod update_record;

use std::sync::Arc;

use hedgerow_proto::v1;
use hedgerow_proto::v1::steward_service_server::StewardService;
use hedgerow_proto::v1::steward_service_server::StewardServiceServer;
use hedgerow_rpc::bounded;
use tonic::Request;
use tonic::Response;
use tonic::Status;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;

use crate::node::Shared;
use auth::Opened;

pub use auth::GROUP_METADATA;

/// The service's full name, for health and reflection.
pub const SERVICE: &str = "hedgerow.v1.StewardService";

/// Serves the stewards of a node's groups.
pub(crate) struct StewardHandler {
    shared: Arc<Shared>,
}

/// Opens the group of a call's token.
#[derive(Clone)]
pub(crate) struct Doorkeeper(Arc<Shared>);

impl Interceptor for Doorkeeper {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        auth::open(&self.0.groups, request)
    }
}

/// The service with its doorkeeper.
pub(crate) fn service(
    shared: Arc<Shared>,
) -> InterceptedService<StewardServiceServer<StewardHandler>, Doorkeeper> {
    let doorkeeper = Doorkeeper(Arc::clone(&shared));
    let message_bytes = shared.config.limits.message_bytes;
    let server = StewardServiceServer::new(StewardHandler { shared });
    let server = bounded!(server, message_bytes);
    InterceptedService::new(server, doorkeeper)
}

#[tonic::async_trait]
impl StewardService for StewardHandler {
    async fn get_group(
        &self,
        request: Request<v1::StewardServiceGetGroupRequest>,
    ) -> Result<Response<v1::StewardServiceGetGroupResponse>, Status> {
        let group = Opened::of(&request)?;
        Ok(Response::new(
            get_group::get_group(&self.shared, &group).await?,
        ))
    }

    async fn list_records(
        &self,
        request: Request<v1::ListRecordsRequest>,
    ) -> Result<Response<v1::ListRecordsResponse>, Status> {
        let group = Opened::of(&request)?;
        let answer = list_records::list_records(&self.shared, &group, request.into_inner());
        Ok(Response::new(answer.await?))
    }

    async fn read_record(
        &self,
        request: Request<v1::ReadRecordRequest>,
    ) -> Result<Response<v1::ReadRecordResponse>, Status> {
        let group = Opened::of(&request)?;
        let answer = read_record::read_record(&self.shared, &group, request.into_inner());
        Ok(Response::new(answer.await?))
    }

    async fn create_record(
        &self,
        request: Request<v1::CreateRecordRequest>,
    ) -> Result<Response<v1::CreateRecordResponse>, Status> {
        let group = Opened::of(&request)?;
        let answer = create_record::create_record(&self.shared, &group, request.into_inner());
        Ok(Response::new(answer.await?))
    }

    async fn update_record(
        &self,
        request: Request<v1::UpdateRecordRequest>,
    ) -> Result<Response<v1::UpdateRecordResponse>, Status> {
        let group = Opened::of(&request)?;
        let answer = update_record::update_record(&self.shared, &group, request.into_inner());
        Ok(Response::new(answer.await?))
    }

    async fn take_back_record(
        &self,
        request: Request<v1::TakeBackRecordRequest>,
    ) -> Result<Response<v1::TakeBackRecordResponse>, Status> {
        let group = Opened::of(&request)?;
        let answer = take_back_record::take_back_record(&self.shared, &group, request.into_inner());
        Ok(Response::new(answer.await?))
    }

    async fn publish_records(
        &self,
        request: Request<v1::PublishRecordsRequest>,
    ) -> Result<Response<v1::PublishRecordsResponse>, Status> {
        let group = Opened::of(&request)?;
        let answer = publish_records::publish_records(&self.shared, &group, request.into_inner());
        Ok(Response::new(answer.await?))
    }

    async fn sign_without_answer(
        &self,
        request: Request<v1::SignWithoutAnswerRequest>,
    ) -> Result<Response<v1::SignWithoutAnswerResponse>, Status> {
        let group = Opened::of(&request)?;
        let request = request.into_inner();
        let answer = sign_without_answer::sign_without_answer(&self.shared, &group, request);
        Ok(Response::new(answer.await?))
    }
}
