//! Reflection, in its current and its older version.

use tonic_reflection::pb::v1alpha::ServerReflectionRequest;
use tonic_reflection::pb::v1alpha::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1alpha::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1alpha::server_reflection_response::MessageResponse;

use super::*;

#[tokio::test]
async fn older_clients_list_the_services_by_reflection() {
    let server = Running::plain().await;
    let mut client = bounded!(ServerReflectionClient::new(server.channel()));
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let requests = futures::stream::iter([request]);
    let responses = client.server_reflection_info(requests).await.unwrap();
    let response = responses.into_inner().message().await.unwrap().unwrap();
    let Some(MessageResponse::ListServicesResponse(list)) = response.message_response else {
        panic!("no list: {response:?}");
    };
    let names: Vec<_> = list.service.into_iter().map(|one| one.name).collect();
    assert!(names.contains(&SERVICE.to_owned()), "{names:?}");
}
