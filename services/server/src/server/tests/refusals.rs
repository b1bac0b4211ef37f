//! Peers that retry refused calls and connections without a pause.

use std::net::SocketAddr;
use std::time::Instant;

use futures::future::join_all;
use tokio::io::AsyncReadExt;
use tokio::net::TcpSocket;

use super::*;

impl Running {
    /// Connects from an address, and returns the connection if the server keeps it although
    /// nothing is sent.
    async fn kept(&self, source: [u8; 4]) -> Option<TcpStream> {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((source, 0))).unwrap();
        let target = SocketAddr::from(([127, 0, 0, 1], self.address.port));
        // The reset may arrive before the system reports the connection.
        let mut tcp = socket.connect(target).await.ok()?;
        let mut buffer = [0; 1];
        let read = timeout(Duration::from_millis(300), tcp.read(&mut buffer)).await;
        read.is_err().then_some(tcp)
    }
}

#[tokio::test]
async fn refusals_without_pause_are_delayed_then_lock_out_their_own_address_briefly() {
    let limits = ServerLimits {
        health_watches_per_peer: 0,
        refusals_per_peer_and_second: 1,
        ..ServerLimits::default()
    };
    let server = Running::with_limits(limits).await;
    let mut neighbour = server.client();
    neighbour
        .check(HealthCheckRequest::default())
        .await
        .unwrap();
    let client = server.client();
    let watch = async || {
        let began = Instant::now();
        let watched = client.clone().watch(HealthCheckRequest::default()).await;
        let refused = CallFailure::from(watched.unwrap_err());
        (refused, began.elapsed())
    };
    for _ in 0..3 {
        let (refused, waited) = watch().await;
        assert_eq!(refused.reason, "too_many_watchers");
        assert!(waited < Duration::from_millis(800), "{waited:?}");
    }
    // One token is left over from the time that the first three took, at most.
    let delayed = join_all([watch(), watch()]).await;
    assert!(
        delayed
            .iter()
            .all(|(refused, _)| refused.reason == "too_many_watchers")
    );
    assert!(delayed[1].1 > Duration::from_millis(500), "{delayed:?}");

    let flood = join_all((0..10).map(|_| watch())).await;
    let penalised = flood
        .iter()
        .map(|(refused, _)| refused)
        .find(|refused| refused.reason == "too_many_refusals")
        .expect("a penalty");
    assert_eq!(penalised.code, Code::ResourceExhausted);
    assert_eq!(penalised.retry_after, Some(Duration::from_secs(1)));
    assert!(server.kept([127, 0, 0, 1]).await.is_none());
    assert!(server.kept([127, 0, 0, 2]).await.is_some());
    let refused = neighbour.watch(HealthCheckRequest::default()).await;
    let refused = CallFailure::from(refused.unwrap_err());
    assert_eq!(refused.reason, "too_many_refusals");
    // Longer than a connection that is closed has.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let served = neighbour.check(HealthCheckRequest::default()).await;
    served.expect("other connections of the same address are served");

    tokio::time::sleep(Duration::from_secs(1)).await;
    server.check().await.expect("the penalty has ended");
}

#[tokio::test]
async fn a_flood_of_connections_is_dropped_and_other_addresses_connect() {
    let limits = ServerLimits {
        new_connections_per_peer_and_second: 1,
        ..ServerLimits::default()
    };
    let server = Running::with_limits(limits).await;
    let flood = join_all((0..30).map(|_| server.kept([127, 0, 0, 2]))).await;
    let kept = flood.iter().flatten().count();
    assert!((7..=9).contains(&kept), "{kept}");
    server.check().await.expect("another address is served");
}
