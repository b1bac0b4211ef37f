//! `pages`: pages of the directory, beside the calls by gRPC that they are made of.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use hedgerow_proto::directory_v1::directory_service_client::DirectoryServiceClient;
use hedgerow_proto::{directory_v1, v1};
use hedgerow_transport::bounded;
use tonic::transport::Channel;

use crate::dataset::{Dataset, Shape, group_id};
use crate::fill::start_kept;
use crate::page_client::{PageClient, PageRequest};
use crate::paths::Paths;
use crate::process::mib;
use crate::queries::{FACETS_OF_PAGES, Kind, Query};
use crate::report::{Report, progress};
use crate::search::p50_p99;
use crate::server::{Server, raised_limits};
use crate::timing::{Times, ms};
use crate::{dataset, queries};

/// Connections of the concurrent requests.
const CONNECTIONS: usize = 8;
/// Occurrences on the page of events.
const EVENTS_PAGE_SIZE: i32 = 50;

#[derive(Debug, Args)]
pub struct PagesCost {
    /// The approximate number of records.
    #[arg(long, default_value_t = 57_000)]
    records: u64,
    /// Generated groups whose records one publisher signs: fewer publishers are filled faster.
    #[arg(long, default_value_t = 100)]
    per_publisher: u64,
    /// Different requests to draw for each kind of page. Half of them are sent as pages, the
    /// others by gRPC, in turns, each once.
    #[arg(long, default_value_t = 2_000)]
    questions: usize,
    /// Seconds of concurrent requests for each kind of page.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
}

/// A kind of page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PageKind {
    Search,
    SearchNear,
    Group,
    Events,
    Map,
}

const PAGE_KINDS: [PageKind; 5] = [
    PageKind::Search,
    PageKind::SearchNear,
    PageKind::Group,
    PageKind::Events,
    PageKind::Map,
];

/// The call by gRPC with which a page is compared.
#[derive(Debug, Clone)]
enum Call {
    Search(Box<directory_v1::SearchRecordsRequest>),
    Group(directory_v1::GetGroupRequest),
    Events(Box<directory_v1::ListEventsRequest>),
    Coverage(Box<directory_v1::GetCoverageRequest>),
}

/// A page, and the call that requests the same.
#[derive(Debug, Clone)]
struct Pair {
    page: PageRequest,
    call: Call,
}

/// The figures of one kind of page.
struct Measurement {
    kind: PageKind,
    pages: Times,
    calls: Times,
    largest: usize,
    per_second: f64,
    per_core_second: f64,
}

impl PageKind {
    fn title(self) -> &'static str {
        match self {
            Self::Search => "search: two words",
            Self::SearchNear => "search: a word near a place",
            Self::Group => "a group's page",
            Self::Events => "what's on, a week near a place",
            Self::Map => "map of the regions",
        }
    }

    fn call(self) -> &'static str {
        match self {
            Self::Search | Self::SearchNear => "`SearchRecords` with the page's facets",
            Self::Group => "`GetGroup`",
            Self::Events => "`ListEvents`",
            Self::Map => "`GetCoverage`",
        }
    }

    /// Different pages with their calls. There is one map only.
    fn pairs(
        self,
        dataset: &Dataset,
        queries: &[Query],
        count: usize,
    ) -> anyhow::Result<Vec<Pair>> {
        let mut pairs = match self {
            Self::Group => groups(dataset, count)?,
            Self::Map => vec![map(); count],
            Self::Search => queries.iter().map(words).collect(),
            Self::SearchNear => queries.iter().map(words_near).collect(),
            Self::Events => queries.iter().map(events_near).collect(),
        };
        if self != Self::Map {
            let mut seen = HashSet::new();
            pairs.retain(|pair| seen.insert(pair.page.clone()));
        }
        Ok(pairs)
    }
}

fn words(query: &Query) -> Pair {
    let page = PageRequest::post("/search", &[("q", query.text(Kind::Words))]);
    let filter = directory_v1::SearchFilter {
        query: query.text(Kind::Words),
        ..Default::default()
    };
    search(page, filter)
}

fn words_near(query: &Query) -> Pair {
    let fields = [
        ("q", query.text(Kind::WordsNear)),
        ("near", typed(query.point)),
        ("within", "10km".to_owned()),
    ];
    let filter = directory_v1::SearchFilter {
        query: query.text(Kind::WordsNear),
        near: Some(near(query, 10_000)),
        ..Default::default()
    };
    search(PageRequest::post("/search", &fields), filter)
}

fn search(page: PageRequest, filter: directory_v1::SearchFilter) -> Pair {
    let request = directory_v1::SearchRecordsRequest {
        page_size: 20,
        facets: FACETS_OF_PAGES.map(i32::from).to_vec(),
        ..filter.into()
    };
    Pair {
        page,
        call: Call::Search(Box::new(request)),
    }
}

fn events_near(query: &Query) -> Pair {
    let fields = [
        ("range", "week".to_owned()),
        ("near", typed(query.point)),
        ("from", String::new()),
    ];
    let (start, end) = Query::window();
    let filter = directory_v1::SearchFilter {
        near: Some(near(query, 0)),
        window: Some(directory_v1::TimeWindow {
            start_time: Some(start.to_proto()),
            end_time: Some(end.to_proto()),
        }),
        ..Default::default()
    };
    Pair {
        page: PageRequest::post("/whats-on", &fields),
        call: Call::Events(Box::new(directory_v1::ListEventsRequest {
            filter: Some(filter),
            page_size: EVENTS_PAGE_SIZE,
            page_token: String::new(),
        })),
    }
}

fn map() -> Pair {
    Pair {
        page: PageRequest::get("/map"),
        call: Call::Coverage(Box::new(directory_v1::GetCoverageRequest {
            scheme: "ons".to_owned(),
            facets: vec![directory_v1::FacetKind::Approach.into()],
            ..Default::default()
        })),
    }
}

/// Groups that are spread evenly over the dataset.
fn groups(dataset: &Dataset, count: usize) -> anyhow::Result<Vec<Pair>> {
    let step = (dataset.publishers / (count as u64).max(1)).max(1);
    let (mut pairs, mut number) = (Vec::new(), 0_u64);
    dataset.publications(|publication| {
        number += 1;
        if number % step == 0 {
            let id = group_id(&publication)?;
            pairs.push(Pair {
                page: PageRequest::get(format!("/group/{id}")),
                call: Call::Group(directory_v1::GetGroupRequest {
                    group_id: id.to_vec(),
                }),
            });
        }
        Ok(pairs.len() < count)
    })?;
    Ok(pairs)
}

fn near(query: &Query, radius_m: u32) -> directory_v1::Near {
    directory_v1::Near {
        center: Some(directory_v1::near::Center::Point(query.point)),
        radius_m,
    }
}

/// A point as a person types it. It is rounded by the page.
fn typed(point: v1::Point) -> String {
    let degrees = |e7: i32| f64::from(e7) / 1e7;
    format!(
        "{:.2}, {:.2}",
        degrees(point.latitude_e7),
        degrees(point.longitude_e7)
    )
}

impl Call {
    async fn send(&self, channel: &Channel) -> anyhow::Result<Duration> {
        let mut client = bounded!(DirectoryServiceClient::new(channel.clone()));
        let began = Instant::now();
        match self.clone() {
            Self::Search(request) => drop(client.search_records(*request).await?),
            Self::Group(request) => drop(client.get_group(request).await?),
            Self::Events(request) => drop(client.list_events(*request).await?),
            Self::Coverage(request) => drop(client.get_coverage(*request).await?),
        }
        Ok(began.elapsed())
    }
}

/// Measures one kind. Pages and calls take turns, so that both meet the same machine.
async fn measure(
    server: &Server,
    kind: PageKind,
    pairs: Vec<Pair>,
    length: Duration,
) -> anyhow::Result<Measurement> {
    let channel = server.channel()?;
    let mut client = PageClient::connect(&server.address).await?;
    // The first of both opens files and connections.
    pairs[0].call.send(&channel).await?;
    client.open(&pairs[0].page).await?;
    let (mut pages, mut calls, mut largest) = (Vec::new(), Vec::new(), 0);
    for (number, pair) in pairs.iter().enumerate().skip(usize::from(pairs.len() > 2)) {
        if number % 2 == 0 {
            let page = client.open(&pair.page).await?;
            largest = largest.max(page.body.len());
            pages.push(page.time);
        } else {
            calls.push(pair.call.send(&channel).await?);
        }
    }
    let requests = pairs.into_iter().map(|pair| pair.page).collect();
    let cpu = server.process().cpu();
    let per_second = open_concurrently(server, Arc::new(requests), length).await?;
    let cpu = server.process().cpu().saturating_sub(cpu);
    Ok(Measurement {
        kind,
        pages: Times::new(pages)?,
        calls: Times::new(calls)?,
        largest,
        per_second,
        per_core_second: per_second * length.as_secs_f64() / cpu.as_secs_f64().max(0.01),
    })
}

/// Opens pages in turn on several connections, and returns the number of pages per second.
async fn open_concurrently(
    server: &Server,
    requests: Arc<Vec<PageRequest>>,
    length: Duration,
) -> anyhow::Result<f64> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut workers = Vec::new();
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        clients.push(PageClient::connect(&server.address).await?);
    }
    let began = Instant::now();
    for mut client in clients {
        let (requests, next) = (Arc::clone(&requests), Arc::clone(&next));
        workers.push(tokio::spawn(async move {
            let mut pages = 0_u32;
            while began.elapsed() < length {
                let at = next.fetch_add(1, Ordering::Relaxed);
                client.open(&requests[at % requests.len()]).await?;
                pages += 1;
            }
            anyhow::Ok(pages)
        }));
    }
    let mut pages = 0;
    for worker in workers {
        pages += worker.await??;
    }
    Ok(f64::from(pages) / began.elapsed().as_secs_f64())
}

impl PagesCost {
    pub async fn run(self, paths: &Paths) -> anyhow::Result<()> {
        let shape = Shape::with_records(self.records, self.per_publisher);
        let dataset = dataset::prepare(&paths.scratch, shape)?;
        let queries = queries::draw(&dataset, self.questions)?;
        let mut server = start_kept(&paths.scratch, &dataset, shape).await?;
        let mut report = self.report(dataset.records);
        let length = Duration::from_secs(self.seconds);
        for kind in PAGE_KINDS {
            let pairs = kind.pairs(&dataset, &queries, self.questions)?;
            anyhow::ensure!(
                pairs.len() >= 2,
                "cannot draw requests: the dataset is too small"
            );
            // No kind profits from the caches of those before.
            let folder = server.folder.clone();
            server.stop()?;
            server = Server::aggregator(&folder).await?;
            let measured = measure(&server, kind, pairs, length).await?;
            progress(&format!("  {}", kind.title()));
            report.row(row(&measured));
        }
        let memory = server.process().memory();
        report.note(format!(
            "The aggregator's memory afterwards: {} resident, {} of it anonymous.",
            mib(memory.resident),
            mib(memory.anonymous)
        ));
        server.stop()?;
        report.publish(paths)
    }

    fn report(&self, records: u64) -> Report {
        Report {
            name: format!("pages {}", self.records),
            title: format!("Pages over {records} records"),
            command: format!("tests/load/run pages --records {} --write", self.records),
            method: format!(
                "Pages of the `hedgerow-aggregator` program by HTTP/1.1 over TLS on loopback, to \
                 the last byte, as browsers request them; beside them the call by gRPC that \
                 requests the same. Up to {} different requests of each kind, drawn from the \
                 records: every other one is a page, the others are calls, in turns and one after \
                 another, each once. There is only one map. The aggregator is started again for each kind. Then \
                 for {} seconds all of these pages on {CONNECTIONS} connections. \"Per core\" divides \
                 by the time for which the aggregator used a core. Raised: {}.",
                self.questions,
                self.seconds,
                raised_limits()
            ),
            limit: "The files are in the system's cache, the text is invented, and the requesting \
                    program uses the same cores. No script, stylesheet or picture is requested."
                .into(),
            columns: vec![
                "page",
                "page, p50 / p99",
                "call, p50 / p99",
                "page over call at p50 / p99",
                "the call",
                "largest page",
                "pages per second",
                "pages per second and core",
            ],
            ..Report::default()
        }
    }
}

fn row(measured: &Measurement) -> [String; 8] {
    let over = |percent| {
        let page = measured.pages.percentile(percent);
        let call = measured.calls.percentile(percent);
        match page.checked_sub(call) {
            Some(over) => ms(over),
            // Both are noise: the work is the same and the page's connection the simpler one.
            None => format!("-{}", ms(call - page)),
        }
    };
    [
        measured.kind.title().to_owned(),
        p50_p99(&measured.pages),
        p50_p99(&measured.calls),
        format!("{} / {}", over(50), over(99)),
        measured.kind.call().to_owned(),
        format!("{} kB", measured.largest.div_ceil(1_000)),
        format!("{:.0}", measured.per_second),
        format!("**{:.0}**", measured.per_core_second),
    ]
}
