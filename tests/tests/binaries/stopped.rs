//! An aggregator stops at once, and starts again at once, while costly records are indexed.

use std::time::{Duration, Instant};

use hedgerow_client::{feed_v1, ingest_v1};
use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::time::Clock as _;
use hedgerow_proto::ingest_v1::ingest_service_client::IngestServiceClient;
use hedgerow_testkit::{FakeGroup, hostile};
use hedgerow_tests::program;
use hedgerow_tests::program::Server;
use hedgerow_transport::clock::SystemClock;
use hedgerow_transport::connector::{Connector, ConnectorConfig, Trust};

/// Groups with costly records, each from a connection of its own.
const GROUPS: u64 = 4;
const RECORDS: usize = 40;

/// Pushes groups with this many records of each kind.
async fn push(address: &str, records: usize) {
    let endpoint: Endpoint = address.parse().expect("a printed address");
    let connector = Connector::new(ConnectorConfig::default());
    let pushes = (0..GROUPS).map(|number| {
        let channel = connector.channel(&endpoint, Trust::Configured);
        let mut ingest = IngestServiceClient::new(channel.expect("a channel"));
        async move {
            let mut group = FakeGroup::new(number, SystemClock.now());
            for record in 0..records {
                let key = format!("c{record}");
                group.put("listing", &key, &hostile::costly_schedules());
                group.put(
                    "listing",
                    &format!("w{record}"),
                    &hostile::repeated_word("cat"),
                );
            }
            let head = group.sign();
            let items: Vec<feed_v1::SyncItem> = group.whole(&head);
            let requests = items
                .into_iter()
                .map(|item| ingest_v1::PushRequest { item: Some(item) });
            let requests = futures::stream::iter(requests.collect::<Vec<_>>());
            ingest.push(requests).await.expect("the push is accepted");
        }
    });
    futures::future::join_all(pushes).await;
}

/// Stops a server, and returns how long that took.
fn time_to_stop(server: Server) -> Duration {
    let started = Instant::now();
    assert!(server.stop().success());
    started.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aggregator_stops_while_it_indexes_costly_records() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("aggregator");
    program::init_aggregator(&folder);
    let server = Server::start("hedgerow-aggregator", &folder);
    push(&server.address, 0).await;
    let idle = time_to_stop(server);

    let server = Server::start("hedgerow-aggregator", &folder);
    push(&server.address, RECORDS).await;
    let busy = time_to_stop(server);
    // The records that were not indexed yet are indexed after the restart.
    let restarted = Server::start("hedgerow-aggregator", &folder);
    push(&restarted.address, RECORDS).await;
    let again = time_to_stop(restarted);
    let most = idle + Duration::from_secs(1);
    assert!(
        busy < most && again < most,
        "{idle:?} idle, {busy:?} busy, {again:?} again"
    );
}
