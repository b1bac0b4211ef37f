//! `search`: searches over gRPC.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use hedgerow_proto::directory_v1;
use tonic::transport::Channel;

use crate::dataset::Shape;
use crate::fill::start_kept;
use crate::paths::Paths;
use crate::process::mib;
use crate::queries::{KINDS, Kind, Query};
use crate::report::{Report, progress};
use crate::search_client::{run_concurrently, run_sequentially, unserved_filter};
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
    /// Different queries of each kind.
    #[arg(long = "questions", default_value_t = 200)]
    queries: usize,
    /// The number of searches with each query.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of concurrent searches.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Only these kinds of query.
    #[arg(long, value_enum, value_delimiter = ',', conflicts_with = "write")]
    only: Vec<Kind>,
}

/// The figures of one kind of query.
pub struct Measurement {
    pub kind: Kind,
    /// The number of queries with hits.
    pub with_hits: usize,
    /// Of sequential searches.
    pub times: Times,
    /// Of concurrent searches: on one connection, and on several.
    pub per_second: [f64; 2],
    /// Searches on several connections in one second of a core of the server.
    pub per_core_second: f64,
}

/// Measures every kind that the server serves. Returns notes about the others.
pub async fn measure_all(
    server: &Server,
    queries: &[Query],
    kinds: &[Kind],
    rounds: usize,
    length: Duration,
) -> anyhow::Result<(Vec<Measurement>, Vec<String>)> {
    let channels = (0..4)
        .map(|_| server.channel())
        .collect::<anyhow::Result<Vec<_>>>()?;
    let (mut measurements, mut notes) = (Vec::new(), Vec::new());
    for &kind in kinds {
        let requests: Vec<_> = queries.iter().map(|query| query.request(kind)).collect();
        if let Some(field) = unserved_filter(&channels[0], &requests[0]).await? {
            notes.push(format!(
                "Not measured: {}: the aggregator does not serve `{field}`.",
                kind.title()
            ));
            continue;
        }
        measurements.push(measure(server, &channels, kind, requests, rounds, length).await?);
        progress(&format!("  {}", kind.title()));
    }
    Ok((measurements, notes))
}

async fn measure(
    server: &Server,
    channels: &[Channel],
    kind: Kind,
    requests: Vec<directory_v1::SearchRecordsRequest>,
    rounds: usize,
    length: Duration,
) -> anyhow::Result<Measurement> {
    let sequential = run_sequentially(&channels[0], &requests, rounds).await?;
    let requests = Arc::new(requests);
    let one = run_concurrently(&channels[..1], Arc::clone(&requests), 8, length).await?;
    let cpu = server.process().cpu();
    let many = run_concurrently(channels, requests, 16, length).await?;
    let cpu = server.process().cpu().saturating_sub(cpu);
    Ok(Measurement {
        kind,
        with_hits: sequential.with_hits,
        times: sequential.times,
        per_second: [one, many],
        per_core_second: many * length.as_secs_f64() / cpu.as_secs_f64().max(0.01),
    })
}

impl Search {
    pub async fn run(self, paths: &Paths) -> anyhow::Result<()> {
        let shape = Shape::with_records(self.records, self.per_publisher);
        let dataset = dataset::prepare(&paths.scratch, shape)?;
        let queries = queries::draw(&dataset, self.queries)?;
        let server = start_kept(&paths.scratch, &dataset, shape).await?;
        let mut report = self.report(dataset.records, queries.len());
        let length = Duration::from_secs(self.seconds);
        let kinds = if self.only.is_empty() {
            &KINDS[..]
        } else {
            &self.only
        };
        let (measurements, notes) =
            measure_all(&server, &queries, kinds, self.rounds, length).await?;
        for one in measurements {
            report.row([
                one.kind.title().into(),
                ms(one.times.percentile(50)),
                format!("**{}**", ms(one.times.percentile(99))),
                format!("{:.0}", one.per_second[0]),
                format!("{:.0}", one.per_second[1]),
                format!("**{:.0}**", one.per_core_second),
                format!("{} of {}", one.with_hits, queries.len()),
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

    fn report(&self, records: u64, queries: usize) -> Report {
        Report {
            name: format!("search {}", self.records),
            title: format!("Search over {records} records"),
            command: format!("tests/load/run search --records {} --write", self.records),
            method: format!(
                "`DirectoryService.SearchRecords` of the `hedgerow-aggregator` program over TLS on \
                 loopback, 20 hits per page with snippets and the total, every hit checked \
                 against the store. {queries} queries of each kind, drawn from the records, sent \
                 {} times one after another after one round of warming up (p50, p99); then for {} \
                 seconds 8 concurrently on one connection, and 16 concurrently on 4 connections. \
                 \"Per core\" divides by the time for which the aggregator used a core. Raised: {}.",
                self.rounds,
                self.seconds,
                raised_limits()
            ),
            limit: "Warm caches, invented text, and the searching program on the same cores."
                .into(),
            columns: vec![
                "query",
                "p50",
                "p99",
                "per second, 1 connection",
                "per second, 4 connections",
                "per second and core",
                "with hits",
            ],
            ..Report::default()
        }
    }
}
