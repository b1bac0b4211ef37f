//! Honest clients: a seeker who searches, and groups that publish a record and take it back.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures::future::join_all;
use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::time::Clock as _;
use hedgerow_proto::directory_v1::directory_service_client::DirectoryServiceClient;
use hedgerow_proto::ingest_v1::ingest_service_client::IngestServiceClient;
use hedgerow_proto::{directory_v1, ingest_v1};
use hedgerow_testkit::{FakeGroup, samples, transfer};
use hedgerow_transport::bounded;
use hedgerow_transport::clock::SystemClock;
use hedgerow_transport::failure::CallFailure;
use tokio::time::{sleep, timeout};
use tonic::transport::Channel;

use super::node_client::NodeClient;
use super::peer::{CALL_TIMEOUT, Peer};
use super::series::{Figures, Series};

/// Numbers of fake groups that no dataset uses.
const FIRST_GROUP: u64 = 900_000_000_000;
/// A new connection for each so many searches: a flood may leave open connections alone and
/// keep out new ones.
const SEARCHES_PER_CONNECTION: usize = 10;
const SEARCH_PAUSE: Duration = Duration::from_millis(5);
const COVERAGE_PAUSE: Duration = Duration::from_millis(100);
const POLL_PAUSE: Duration = Duration::from_millis(10);
/// A node waits longer; a short pause shows sooner that the server accepts again.
const RETRY_PAUSE: Duration = Duration::from_millis(100);

/// The honest clients of one server.
pub struct Honest {
    seeker: Peer,
    requests: Vec<directory_v1::SearchRecordsRequest>,
    publishers: Vec<Publisher>,
}

/// A group that publishes one record after another.
struct Publisher {
    via: Via,
    seeker: Peer,
    words: u64,
    number: u8,
}

enum Via {
    /// Signs itself, and pushes from its own address.
    Push { group: Box<FakeGroup>, peer: Peer },
    /// Calls a node, which signs and pushes.
    Node(Box<NodeClient>),
}

impl Honest {
    /// Makes clients of an aggregator, with so many fake groups that publish at the same time.
    /// With a node, its group publishes instead of fake ones.
    pub async fn new(
        aggregator: &Endpoint,
        requests: Vec<directory_v1::SearchRecordsRequest>,
        node: Option<NodeClient>,
        publishers: u8,
    ) -> anyhow::Result<Self> {
        let publishers = match node {
            Some(node) => vec![Publisher {
                via: Via::Node(Box::new(node)),
                seeker: Peer::new(Ipv4Addr::new(127, 10, 2, 1), aggregator)?,
                words: 0,
                number: 0,
            }],
            None => {
                let made = (0..publishers).map(|number| Publisher::pushing(number, aggregator));
                join_all(made).await.into_iter().collect::<Result<_, _>>()?
            }
        };
        Ok(Self {
            seeker: Peer::new(Ipv4Addr::new(127, 10, 0, 1), aggregator)?,
            requests,
            publishers,
        })
    }

    /// Searches, publishes and takes back for a time.
    pub async fn measure(&mut self, length: Duration) -> anyhow::Result<Figures> {
        let end = Instant::now() + length;
        let changes = self.publishers.iter_mut().map(|one| one.run(end));
        let (search, coverage, changes) = tokio::join!(
            search(&self.seeker, &self.requests, end),
            coverage(&self.seeker, end),
            join_all(changes),
        );
        let mut figures = Figures {
            search: search?,
            coverage: coverage?,
            ..Figures::default()
        };
        for change in changes {
            let change = change?;
            figures.publish.append(change.publish);
            figures.take_back.append(change.take_back);
        }
        Ok(figures)
    }
}

/// Searches one query after another.
async fn search(
    seeker: &Peer,
    requests: &[directory_v1::SearchRecordsRequest],
    end: Instant,
) -> anyhow::Result<Series> {
    let mut series = Series::default();
    let mut channel = seeker.channel()?;
    for (number, request) in requests.iter().cycle().enumerate() {
        if Instant::now() >= end {
            break;
        }
        if number % SEARCHES_PER_CONNECTION == 0 {
            channel = seeker.channel()?;
        }
        let mut client = bounded!(DirectoryServiceClient::new(channel.clone()));
        series
            .time(timed(client.search_records(request.clone())))
            .await;
        sleep(SEARCH_PAUSE).await;
    }
    Ok(series)
}

/// Counts listings by region again and again.
async fn coverage(seeker: &Peer, end: Instant) -> anyhow::Result<Series> {
    let mut series = Series::default();
    let channel = seeker.channel()?;
    while Instant::now() < end {
        let mut client = bounded!(DirectoryServiceClient::new(channel.clone()));
        let request = directory_v1::GetCoverageRequest {
            scheme: "ons".into(),
            ..Default::default()
        };
        series.time(timed(client.get_coverage(request))).await;
        sleep(COVERAGE_PAUSE).await;
    }
    Ok(series)
}

/// A call's reason if it fails, or if it takes too long.
async fn timed<T>(call: impl Future<Output = Result<T, tonic::Status>>) -> Result<T, String> {
    match timeout(CALL_TIMEOUT, call).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(status)) => Err(CallFailure::from_status(&status).reason),
        Err(_) => Err("timeout".to_owned()),
    }
}

impl Publisher {
    /// A fake group whose first record is already at the aggregator, so that it is no newcomer
    /// during the measurement.
    async fn pushing(number: u8, aggregator: &Endpoint) -> anyhow::Result<Self> {
        let peer = Peer::new(Ipv4Addr::new(127, 10, 1, number + 1), aggregator)?;
        let mut group = Box::new(FakeGroup::new(
            FIRST_GROUP + u64::from(number),
            SystemClock.now(),
        ));
        group.put(
            "listing",
            "kept",
            &samples::listing("Kept group", "Stays", Some("Leeds")),
        );
        let head = group.sign();
        let items = group.whole(&head);
        push(peer.channel()?, items)
            .await
            .map_err(anyhow::Error::msg)
            .context("cannot publish the first record of an honest group")?;
        Ok(Self {
            via: Via::Push { group, peer },
            seeker: Peer::new(Ipv4Addr::new(127, 10, 2, number + 1), aggregator)?,
            words: 0,
            number,
        })
    }

    async fn run(&mut self, end: Instant) -> anyhow::Result<Figures> {
        let mut figures = Figures::default();
        while Instant::now() < end {
            self.words += 1;
            let word = word(self.number, self.words);
            let began = Instant::now();
            let published = self.change(Some(&word), &mut figures.publish).await?;
            self.wait_until(&word, true, began, published, &mut figures.publish)
                .await?;
            let began = Instant::now();
            let taken_back = self.change(None, &mut figures.take_back).await?;
            self.wait_until(&word, false, began, taken_back, &mut figures.take_back)
                .await?;
        }
        Ok(figures)
    }

    /// Publishes a record with a word, or takes it back, until the server accepts the change or
    /// time is up. Each attempt uses a new connection.
    async fn change(&mut self, word: Option<&str>, series: &mut Series) -> anyhow::Result<bool> {
        let began = Instant::now();
        match &mut self.via {
            Via::Push { group, peer } => {
                let earlier = group.manifest();
                let basis = group.previous.context("the group has published")?;
                let bodies = match word {
                    Some(word) => {
                        let body = samples::listing(&format!("Word {word}"), "", Some("Leeds"));
                        vec![group.put("listing", "changing", &body)]
                    }
                    None => {
                        group.withdraw("listing", "changing");
                        Vec::new()
                    }
                };
                group.now = SystemClock.now();
                let head = group.sign();
                let items = transfer(
                    &group.log,
                    Some(&head),
                    Some((&earlier, basis)),
                    &group.manifest(),
                    &bodies,
                );
                while let Err(reason) = push(peer.channel()?, items.clone()).await {
                    series.refused(&reason);
                    if began.elapsed() > CALL_TIMEOUT {
                        return Ok(false);
                    }
                    sleep(RETRY_PAUSE).await;
                }
            }
            Via::Node(node) => {
                while let Err(reason) = node.change(word).await {
                    series.refused(&reason);
                    if began.elapsed() > CALL_TIMEOUT {
                        return Ok(false);
                    }
                    sleep(RETRY_PAUSE).await;
                }
            }
        }
        Ok(true)
    }

    /// Searches for a word until it is found or gone. An own address, and a kept connection,
    /// keep the poll apart from what it measures.
    async fn wait_until(
        &self,
        word: &str,
        found: bool,
        began: Instant,
        accepted: bool,
        series: &mut Series,
    ) -> anyhow::Result<()> {
        let channel = self.seeker.channel()?;
        loop {
            let in_time = accepted && began.elapsed() < CALL_TIMEOUT;
            if !in_time {
                series.failed("not in effect in time");
                return Ok(());
            }
            let mut client = bounded!(DirectoryServiceClient::new(channel.clone()));
            let filter = directory_v1::SearchFilter {
                query: word.to_owned(),
                ..Default::default()
            };
            let request = directory_v1::SearchRecordsRequest::from(filter);
            let response = timed(client.search_records(request)).await;
            if response.is_ok_and(|response| response.into_inner().hits.is_empty() != found) {
                series.add(began.elapsed());
                return Ok(());
            }
            sleep(POLL_PAUSE).await;
        }
    }
}

/// Pushes items, and returns the reason if the server gives no receipt.
async fn push(
    channel: Channel,
    items: Vec<hedgerow_proto::feed_v1::SyncItem>,
) -> Result<(), String> {
    let mut client = bounded!(IngestServiceClient::new(channel));
    let requests = items
        .into_iter()
        .map(|item| ingest_v1::PushRequest { item: Some(item) });
    let response = timed(client.push(tokio_stream::iter(requests))).await?;
    let response = response.into_inner();
    if response.receipt.is_empty() || response.refused > 0 {
        let admission = response.admission.unwrap_or_default();
        return Err(format!(
            "no receipt: {:?} {} {}",
            admission.status(),
            admission.reason,
            admission.limit
        ));
    }
    Ok(())
}

/// A word for one change of one publisher, which no stemmer shortens to another's.
fn word(publisher: u8, number: u64) -> String {
    let letters: String = format!("{publisher}{number:05}")
        .bytes()
        .map(|digit| char::from(b'a' + (digit - b'0') * 2))
        .collect();
    format!("zq{letters}xqz")
}

/// The queries of an honest seeker: every kind, in turn.
pub fn requests(
    queries: &[crate::queries::Query],
) -> anyhow::Result<Vec<directory_v1::SearchRecordsRequest>> {
    ensure!(!queries.is_empty(), "there are no queries");
    Ok(queries
        .iter()
        .flat_map(|query| crate::queries::KINDS.map(|kind| query.request(kind)))
        .collect())
}
