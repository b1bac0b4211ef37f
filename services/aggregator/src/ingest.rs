//! IngestService: accepts pushes and announcements of groups. Callers are not authenticated:
//! heads are signed, so it does not matter who carries them.

mod announce;
mod context;
mod get_admission;
mod push;

use hedgerow_proto::ingest_v1;
use hedgerow_proto::ingest_v1::ingest_service_server::{IngestService, IngestServiceServer};
use tonic::{Request, Response, Status, Streaming};

pub use context::Ingest;

impl Ingest {
    /// Wraps it into a gRPC service whose messages are bounded.
    pub fn into_service(self) -> IngestServiceServer<Self> {
        let message_bytes = self.message_bytes;
        hedgerow_transport::bounded!(IngestServiceServer::new(self), message_bytes)
    }
}

#[tonic::async_trait]
impl IngestService for Ingest {
    async fn announce(
        &self,
        request: Request<ingest_v1::AnnounceRequest>,
    ) -> Result<Response<ingest_v1::AnnounceResponse>, Status> {
        Ok(announce::announce(self, request).await?)
    }

    async fn push(
        &self,
        request: Request<Streaming<ingest_v1::PushRequest>>,
    ) -> Result<Response<ingest_v1::PushResponse>, Status> {
        Ok(push::push(self, request).await?)
    }

    async fn get_admission(
        &self,
        request: Request<ingest_v1::GetAdmissionRequest>,
    ) -> Result<Response<ingest_v1::GetAdmissionResponse>, Status> {
        Ok(get_admission::get_admission(self, request.into_inner()).await?)
    }
}
