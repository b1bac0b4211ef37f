//! `search`: searches over gRPC.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use hedgerow_proto::directory_v1;

use crate::dataset::Shape;
use crate::fill::start_kept;
use crate::paths::Paths;
use crate::process::mib;
use crate::queries::{KINDS, Kind, Query};
use crate::report::{Report, progress};
use crate::search_client::{Until, run_concurrently, run_once, run_sequentially, unserved_filter};
use crate::server::{Server, raised_limits};
use crate::timing::{Times, ms};
use crate::{dataset, queries};

#[derive(Debug, Args)]
pub struct Search {
    /// The approximate number of records.
    #[arg(long, default_value_t = 100_000)]
    records: u64,
    /// Generated groups whose records one publisher signs: fewer publishers are filled faster.
    #[arg(long, default_value_t = 100)]
    per_publisher: u64,
    /// Different queries to draw for each kind. Half of them are sent one after another, the
    /// others concurrently, each once.
    #[arg(long = "questions", default_value_t = 4_000)]
    queries: usize,
    /// How many of them are sent repeatedly, for comparison.
    #[arg(long, default_value_t = 200)]
    repeated: usize,
    /// The number of searches with each repeated query.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of concurrent searches with repeated queries.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Only these kinds of query.
    #[arg(long, value_enum, value_delimiter = ',', conflicts_with = "write")]
    only: Vec<Kind>,
}

/// How to measure each kind.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The number of repeated queries.
    pub repeated: usize,
    /// The number of searches with each of them.
    pub rounds: usize,
    /// The time of concurrent searches with them.
    pub length: Duration,
}

/// The figures of one kind of query.
pub struct Measurement {
    pub kind: Kind,
    pub new: NewQueries,
    pub repeated: RepeatedQueries,
}

/// Searches with queries that were not sent before, from the start of the server on.
pub struct NewQueries {
    /// The number of sequential searches, and of those with hits.
    pub count: usize,
    pub with_hits: usize,
    /// Of sequential searches.
    pub times: Times,
    /// Of the first of them, right after the start of the server.
    pub times_after_start: Times,
    /// Of 8 concurrent searches on several connections; `None` if all queries were sent.
    pub per_second: Option<f64>,
}

/// Searches with queries that were sent before.
pub struct RepeatedQueries {
    /// Of sequential searches.
    pub times: Times,
    /// Of 16 concurrent searches on several connections.
    pub per_second: f64,
    /// Concurrent searches in one second of a core of the server.
    pub per_core_second: f64,
}

/// The part of different queries that is sent sequentially; the others are sent concurrently.
pub fn sequential_part(different: usize) -> usize {
    different.div_ceil(2)
}

/// Measures every kind that the server serves. Restarts it for each, so that no kind profits
/// from the caches of those before. Returns notes about the other kinds.
pub async fn measure_all(
    mut server: Server,
    queries: &[Query],
    kinds: &[Kind],
    plan: Plan,
) -> anyhow::Result<(Server, Vec<Measurement>, Vec<String>)> {
    let (mut measurements, mut notes) = (Vec::new(), Vec::new());
    for &kind in kinds {
        let requests = queries::requests(queries, kind);
        if let Some(field) = unserved_filter(&server.channel()?, &requests[0]).await? {
            notes.push(format!(
                "Not measured: {}: the aggregator does not serve `{field}`.",
                kind.title()
            ));
            continue;
        }
        let folder = server.folder.clone();
        server.stop()?;
        server = Server::aggregator(&folder).await?;
        measurements.push(measure(&server, kind, requests, plan).await?);
        progress(&format!("  {}", kind.title()));
    }
    Ok((server, measurements, notes))
}

async fn measure(
    server: &Server,
    kind: Kind,
    mut requests: Vec<directory_v1::SearchRecordsRequest>,
    plan: Plan,
) -> anyhow::Result<Measurement> {
    let channels = (0..4)
        .map(|_| server.channel())
        .collect::<anyhow::Result<Vec<_>>>()?;
    let concurrent = requests.split_off(sequential_part(requests.len()));
    let (times, with_hits) = run_once(&channels[0], &requests).await?;
    let after_start = times.iter().take(plan.repeated).copied().collect();
    let per_second = match concurrent.len() {
        0 => None,
        _ => Some(run_concurrently(&channels, Arc::new(concurrent), 8, Until::EachOnce).await?),
    };
    let new = NewQueries {
        count: times.len(),
        with_hits,
        times: Times::new(times)?,
        times_after_start: Times::new(after_start)?,
        per_second,
    };
    requests.truncate(plan.repeated);
    let sequential = run_sequentially(&channels[0], &requests, plan.rounds).await?;
    let cpu = server.process().cpu();
    let until = Until::Elapsed(plan.length);
    let per_second = run_concurrently(&channels, Arc::new(requests), 16, until).await?;
    let cpu = server.process().cpu().saturating_sub(cpu);
    let repeated = RepeatedQueries {
        times: sequential,
        per_second,
        per_core_second: per_second * plan.length.as_secs_f64() / cpu.as_secs_f64().max(0.01),
    };
    Ok(Measurement {
        kind,
        new,
        repeated,
    })
}

/// The median and the 99th percentile.
pub fn p50_p99(times: &Times) -> String {
    format!(
        "{} / **{}**",
        ms(times.percentile(50)),
        ms(times.percentile(99))
    )
}

impl Search {
    pub async fn run(self, paths: &Paths) -> anyhow::Result<()> {
        let shape = Shape::with_records(self.records, self.per_publisher);
        let dataset = dataset::prepare(&paths.scratch, shape)?;
        let queries = queries::draw(&dataset, self.queries)?;
        let server = start_kept(&paths.scratch, &dataset, shape).await?;
        let mut report = self.report(dataset.records);
        let plan = Plan {
            repeated: self.repeated.max(1),
            rounds: self.rounds.max(1),
            length: Duration::from_secs(self.seconds),
        };
        let kinds = if self.only.is_empty() {
            &KINDS[..]
        } else {
            &self.only
        };
        let (server, measurements, notes) = measure_all(server, &queries, kinds, plan).await?;
        for Measurement {
            kind,
            new,
            repeated,
        } in measurements
        {
            report.row([
                kind.title().into(),
                p50_p99(&new.times),
                p50_p99(&new.times_after_start),
                p50_p99(&repeated.times),
                new.per_second
                    .map_or_else(String::new, |rate| format!("**{rate:.0}**")),
                format!("{:.0}", repeated.per_second),
                format!("{:.0}", repeated.per_core_second),
                format!("{} of {}", new.with_hits, new.count),
            ]);
        }
        report.notes = notes;
        let memory = server.process().memory();
        report.note(format!(
            "The aggregator's memory afterwards: {} resident, {} of it anonymous (the rest are \
             pages of the index and database that the system can drop).",
            mib(memory.resident),
            mib(memory.anonymous)
        ));
        server.stop()?;
        report.publish(paths)
    }

    fn report(&self, records: u64) -> Report {
        Report {
            name: format!("search {}", self.records),
            title: format!("Search over {records} records"),
            command: format!("tests/load/run search --records {} --write", self.records),
            method: format!(
                "`DirectoryService.SearchRecords` of the `hedgerow-aggregator` program over TLS on \
                 loopback, 20 hits per page with snippets and the total, every hit checked \
                 against the store. Up to {} different queries of each kind, drawn from the records \
                 with other words, places and distances by a seeded generator. The aggregator is \
                 started again for each kind. New: half of the queries, each once and one after \
                 another, without warming up; after a start: the first {} of these; the other half \
                 8 concurrently on 4 connections, each once. Repeated: the first {} queries {} times \
                 one after another after one more round; then for {} seconds 16 concurrently on 4 \
                 connections. \"Per core\" divides by the time for which the aggregator used a core. \
                 Raised: {}.",
                self.queries,
                self.repeated,
                self.repeated,
                self.rounds,
                self.seconds,
                raised_limits()
            ),
            limit: "The files are in the system's cache, the text is invented, and the searching \
                    program uses the same cores. There are only a few common words."
                .into(),
            columns: vec![
                "query",
                "new, p50 / p99",
                "new after a start",
                "repeated",
                "new per second",
                "repeated per second",
                "repeated per second and core",
                "new with hits",
            ],
            ..Report::default()
        }
    }
}
