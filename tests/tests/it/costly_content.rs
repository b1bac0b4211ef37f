//! Honest calls to a real aggregator while a stranger's costly records are indexed, stored and
//! found. All bounds are ratios of times measured in one run.

use std::time::{Duration, Instant};

use hedgerow_client::directory_v1::{
    FacetKind, GetCoverageRequest, ListEventsRequest, SearchFilter, SearchRecordsRequest,
    directory_service_client::DirectoryServiceClient,
};
use hedgerow_client::{feed_v1, ingest_v1};
use hedgerow_core::time::{Clock as _, Timestamp};
use hedgerow_proto::ingest_v1::ingest_service_client::IngestServiceClient;
use hedgerow_testkit::{FakeGroup, hostile, samples};
use hedgerow_tests::TestNetwork;
use hedgerow_transport::clock::SystemClock;
use hedgerow_transport::connector::{Connector, ConnectorConfig, Trust};
use tonic::transport::Channel;

/// Hostile records of each attack in one group.
const COPIES: usize = 3;
/// Calls of which the median is taken.
const SAMPLES: usize = 15;
/// An honest call may take so many times as long while the attack runs. Debug builds on two
/// shared cores differ by as much without any attack; without bounds it is hundreds.
const MAX_RATIO: u32 = 8;
/// Times below this are noise: a debug build takes as long to index one costly record.
const FLOOR: Duration = Duration::from_millis(120);
/// How long anything may take before the test fails.
const TIMEOUT: Duration = Duration::from_secs(60);

/// An aggregator with clients.
struct Target {
    _network: TestNetwork,
    ingest: IngestServiceClient<Channel>,
    directory: DirectoryServiceClient<Channel>,
}

impl Target {
    async fn start() -> Self {
        let mut network = TestNetwork::new();
        let aggregator = network.add_aggregator(&[]).await;
        let connector = Connector::new(ConnectorConfig::default());
        let channel = || {
            connector
                .channel(&network.aggregator_address(aggregator), Trust::Configured)
                .expect("a channel")
        };
        Self {
            ingest: IngestServiceClient::new(channel()),
            directory: DirectoryServiceClient::new(channel()),
            _network: network,
        }
    }

    /// Pushes a group, and returns how many records were kept and refused.
    async fn push(&self, group: &mut FakeGroup) -> (u32, u32) {
        let head = group.sign();
        let items: Vec<feed_v1::SyncItem> = group.whole(&head);
        let requests = items
            .into_iter()
            .map(|item| ingest_v1::PushRequest { item: Some(item) });
        let requests = futures::stream::iter(requests.collect::<Vec<_>>());
        let pushed = self.ingest.clone().push(requests).await;
        let response = pushed.expect("the push is accepted").into_inner();
        (response.kept, response.refused)
    }

    /// The number of records that the facets count for a query.
    async fn counted(&self, query: &str) -> u64 {
        let request = SearchRecordsRequest {
            filter: Some(SearchFilter {
                query: query.to_owned(),
                ..SearchFilter::default()
            }),
            facets: vec![FacetKind::Collection.into()],
            ..SearchRecordsRequest::default()
        };
        let found = self.directory.clone().search_records(request).await;
        let response = found.expect("an honest search is answered").into_inner();
        let counts = response.facets.into_iter().flat_map(|facet| facet.counts);
        counts.map(|one| one.count).sum()
    }

    /// Waits until the facets count a query's records.
    async fn wait_for(&self, query: &str, count: u64) -> Duration {
        let started = Instant::now();
        while self.counted(query).await != count {
            assert!(started.elapsed() < TIMEOUT, "{query} is never {count}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        started.elapsed()
    }

    /// The median time of an honest search.
    async fn search_time(&self) -> Duration {
        let mut times = Vec::with_capacity(SAMPLES);
        for _ in 0..SAMPLES {
            let started = Instant::now();
            self.counted("kettle").await;
            times.push(started.elapsed());
        }
        times.sort_unstable();
        times[SAMPLES / 2]
    }

    /// The time from pushing a withdrawal until the facets lack the record.
    async fn take_back_time(&self, group: &mut FakeGroup, round: u32) -> Duration {
        let key = format!("walk{round}");
        let query = format!("steeplechase{round}");
        group.put("listing", &key, &samples::listing(&query, "", None));
        self.push(group).await;
        self.wait_for(&query, 1).await;
        group.withdraw("listing", &key);
        let started = Instant::now();
        self.push(group).await;
        self.wait_for(&query, 0).await;
        started.elapsed()
    }
}

/// Fails if an honest call took much longer during the attack than before it.
fn assert_within(what: &str, during: Duration, before: Duration) {
    let most = before.max(FLOOR) * MAX_RATIO;
    assert!(
        during <= most,
        "{what}: {during:?}, {before:?} before the attack"
    );
}

fn now() -> Timestamp {
    SystemClock.now()
}

#[tokio::test(flavor = "multi_thread")]
async fn costly_records_slow_down_neither_searches_nor_take_backs() {
    let target = Target::start().await;
    let mut honest = FakeGroup::new(1, now());
    honest.put(
        "listing",
        "l",
        &samples::listing("The Kettle", "Tea.", Some("Leeds")),
    );
    target.push(&mut honest).await;
    target.wait_for("kettle", 1).await;
    let search_before = target.search_time().await;
    let take_back_before = target.take_back_time(&mut honest, 1).await;

    let costly = hostile::costly();
    let mut stranger = FakeGroup::new(2, now());
    for copy in 0..COPIES {
        for (number, record) in costly.iter().enumerate() {
            stranger.put_body(
                record.collection,
                &format!("c{copy}-{number}"),
                &record.body,
            );
        }
    }
    let stored = u32::try_from(COPIES * costly.len()).expect("a small number");
    assert_eq!(target.push(&mut stranger).await, (stored, 0));
    // At once, while the records are indexed.
    let take_back = target.take_back_time(&mut honest, 2).await;
    assert_within("a take-back", take_back, take_back_before);
    target.wait_for("cat", COPIES as u64).await;

    // While a seeker requests everything that is costly to show.
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut directory = target.directory.clone();
    let attack = tokio::spawn(async move {
        while !*stopped.borrow() {
            let cats = SearchRecordsRequest {
                filter: Some(SearchFilter {
                    query: "cat".to_owned(),
                    ..SearchFilter::default()
                }),
                page_size: 100,
                ..SearchRecordsRequest::default()
            };
            directory
                .search_records(cats)
                .await
                .expect("a page of cats");
            let events = directory.list_events(ListEventsRequest::default());
            events.await.expect("a page of events");
            let coverage = GetCoverageRequest {
                scheme: "ons".to_owned(),
                ..GetCoverageRequest::default()
            };
            directory.get_coverage(coverage).await.expect("coverage");
        }
    });
    let search = target.search_time().await;
    let take_back = target.take_back_time(&mut honest, 3).await;
    stop.send_replace(true);
    attack.await.expect("the attack's calls are answered too");
    assert_within("a search", search, search_before);
    assert_within("a take-back", take_back, take_back_before);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_over_the_limits_are_refused_one_by_one() {
    let target = Target::start().await;
    let over_limits = hostile::over_limits();
    let mut stranger = FakeGroup::new(2, now());
    stranger.put("listing", "l", &samples::listing("Within", "", None));
    for (number, record) in over_limits.iter().enumerate() {
        stranger.put_body(record.collection, &format!("c{number}"), &record.body);
    }
    let refused = u32::try_from(over_limits.len()).expect("a small number");
    assert_eq!(target.push(&mut stranger).await, (1, refused));
    target.wait_for("within", 1).await;
}
