//! InboxService: sealed messages that wait for groups until their nodes fetch them, and the way in
//! for the pages' form. Nothing here can open a message.

mod acknowledge_messages;
mod authenticate;
mod bounds;
mod context;
mod fetch_messages;
mod receive;

use hedgerow_proto::inbox_v1;
use hedgerow_proto::inbox_v1::inbox_service_server::{InboxService, InboxServiceServer};
use tonic::{Request, Response, Status};

pub(crate) use context::{Inbox, SERVICE};
pub(crate) use receive::{NotTaken, Receiver};

impl Inbox {
    /// Wraps it into a gRPC service whose messages are bounded.
    pub fn into_service(self, message_bytes: usize) -> InboxServiceServer<Self> {
        hedgerow_transport::bounded!(InboxServiceServer::new(self), message_bytes)
    }
}

#[tonic::async_trait]
impl InboxService for Inbox {
    async fn fetch_messages(
        &self,
        request: Request<inbox_v1::FetchMessagesRequest>,
    ) -> Result<Response<inbox_v1::FetchMessagesResponse>, Status> {
        let response = fetch_messages::fetch_messages(self, &request.into_inner()).await?;
        Ok(Response::new(response))
    }

    async fn acknowledge_messages(
        &self,
        request: Request<inbox_v1::AcknowledgeMessagesRequest>,
    ) -> Result<Response<inbox_v1::AcknowledgeMessagesResponse>, Status> {
        let request = request.into_inner();
        let response = acknowledge_messages::acknowledge_messages(self, &request).await?;
        Ok(Response::new(response))
    }
}
