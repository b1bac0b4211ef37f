//! A server and a connector over real TLS on loopback.

use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_transport::bounded;
use hedgerow_transport::connector::{ConnectReason, Connector, ConnectorConfig, Trust};
use hedgerow_transport::failure::CallFailure;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tonic::Code;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::*;
use crate::listen::bind;

mod domain;
mod limits;
mod other_clock;
mod pages;
mod progress;
mod proxy;
mod reflection;
mod refusals;

const SERVICE: &str = "hedgerow.feed.v1.FeedService";

struct Running {
    address: Endpoint,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Running {
    async fn start(limits: ServerLimits, pages: impl Into<Pages>) -> Self {
        let identity = Identity::generate(&["localhost".to_owned()]).unwrap();
        Self::start_with(limits, identity, pages, |server| server).await
    }

    async fn start_with(
        limits: ServerLimits,
        identity: Identity,
        pages: impl Into<Pages>,
        change: impl FnOnce(Server) -> Server,
    ) -> Self {
        let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = Endpoint {
            host: "127.0.0.1".to_owned(),
            port: listener.local_addr().unwrap().port(),
            pin: Some(identity.spki_hash()),
        };
        let services = standard_services(&[SERVICE]).await.unwrap();
        let server = Server::new(limits, &identity)
            .unwrap()
            .routes(services)
            .pages(pages)
            .web(&["grpc.health.v1.Health"]);
        let server = change(server);
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(server.serve(listener, async {
            // Also when the test ends and drops the sender.
            drop(stopped.await);
        }));
        Self {
            address,
            stop: Some(stop),
            task,
        }
    }

    async fn plain() -> Self {
        Self::with_limits(ServerLimits::default()).await
    }

    async fn with_limits(limits: ServerLimits) -> Self {
        Self::start(limits, Router::new()).await
    }

    /// Opens a channel to the server; it connects at the first call.
    fn channel(&self) -> Channel {
        allowing(&[])
            .channel(&self.address, Trust::Configured)
            .unwrap()
    }

    fn client(&self) -> HealthClient<Channel> {
        HealthClient::new(self.channel())
    }

    /// Calls the health service over a new connection.
    async fn check(&self) -> Result<i32, CallFailure> {
        check(&allowing(&[]), &self.address, Trust::Configured).await
    }

    async fn stop(mut self) {
        drop(self.stop.take());
        timeout(Duration::from_secs(20), self.task)
            .await
            .expect("the server stops in time")
            .unwrap();
    }

    async fn tcp(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.address.port))
            .await
            .unwrap()
    }
}

fn allowing(networks: &[&str]) -> Connector {
    Connector::new(ConnectorConfig {
        allow_networks: networks.iter().map(|n| n.parse().unwrap()).collect(),
        ..ConnectorConfig::default()
    })
}

async fn check(
    connector: &Connector,
    address: &Endpoint,
    trust: Trust,
) -> Result<i32, CallFailure> {
    let channel = connector.channel(address, trust).unwrap();
    let request = HealthCheckRequest {
        service: SERVICE.to_owned(),
    };
    let response = bounded!(HealthClient::new(channel)).check(request).await?;
    Ok(response.into_inner().status)
}

#[tokio::test]
async fn a_client_with_the_right_key_is_served() {
    let server = Running::plain().await;
    let response = server.check().await;
    assert_eq!(response.unwrap(), i32::from(ServingStatus::Serving));
    server.stop().await;
}

#[tokio::test]
async fn another_key_is_a_pin_mismatch_and_nothing_else() {
    let server = Running::plain().await;
    let mut address = server.address.clone();
    address.pin = Some(Identity::generate(&[]).unwrap().spki_hash());
    let rejected = check(&allowing(&[]), &address, Trust::Configured)
        .await
        .unwrap_err();
    assert_eq!(rejected.connect, Some(ConnectReason::PinMismatch));
    assert_eq!(rejected.reason, "pin_mismatch");
    assert!(rejected.message.contains(&address.port.to_string()));
    assert!(rejected.may_be_retried());

    let channel = allowing(&[])
        .channel_for_public_data(&address, Trust::Configured)
        .unwrap();
    HealthClient::new(channel)
        .check(HealthCheckRequest::default())
        .await
        .expect("public data may be fetched under another key");
}

#[tokio::test]
async fn a_self_signed_key_without_a_pin_is_not_trusted() {
    let server = Running::plain().await;
    let mut address = server.address.clone();
    address.pin = None;
    let rejected = check(&allowing(&[]), &address, Trust::Configured).await;
    assert_eq!(
        rejected.unwrap_err().connect,
        Some(ConnectReason::TlsFailed)
    );
}

#[tokio::test]
async fn an_announced_loopback_address_is_dialled_only_if_the_operator_allows_it() {
    let server = Running::plain().await;
    for host in ["127.0.0.1", "localhost"] {
        let mut address = server.address.clone();
        address.host = host.to_owned();
        let rejected = check(&allowing(&[]), &address, Trust::Announced)
            .await
            .unwrap_err();
        assert_eq!(rejected.reason, "address_not_allowed", "{host}");
        assert!(rejected.message.contains("allow_networks"));
        let elsewhere = check(&allowing(&["10.0.0.0/8"]), &address, Trust::Announced).await;
        assert_eq!(elsewhere.unwrap_err().reason, "address_not_allowed");
        let widened = allowing(&["127.0.0.0/8"]);
        check(&widened, &address, Trust::Announced).await.unwrap();
    }
}

#[tokio::test]
async fn a_closed_port_is_reported_as_a_failure_to_connect() {
    let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let address = Endpoint {
        host: "127.0.0.1".to_owned(),
        port,
        pin: None,
    };
    let rejected = check(&allowing(&[]), &address, Trust::Configured).await;
    assert_eq!(rejected.unwrap_err().reason, "connect_failed");
}

#[tokio::test]
async fn an_unknown_method_is_unimplemented() {
    let server = Running::plain().await;
    let channel = server.channel();
    let mut client = hedgerow_proto::feed_v1::feed_service_client::FeedServiceClient::new(channel);
    let status = client
        .get_head(hedgerow_proto::feed_v1::GetHeadRequest::default())
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    let details = tonic_types::StatusExt::get_error_details(&status);
    let info = details.error_info().expect("every failure has a reason");
    assert_eq!(info.reason, "unimplemented");
}
