//! `search-postgres`: the same queries over the same records, on an aggregator and on
//! PostgreSQL with PostGIS in one run.

use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};

use crate::dataset::Shape;
use crate::fill::start_kept;
use crate::paths::Paths;
use crate::postgres::{Cluster, load, parameters, statement};
use crate::queries::{KINDS, Kind, Query};
use crate::report::{Report, progress};
use crate::search::{Plan, measure_all, p50_p99, sequential_part};
use crate::timing::Times;
use crate::{dataset, queries};

/// The file for the plans, in the folder of the report.
const PLANS_FILE: &str = "BENCHMARK-QUERY-PLANS.md";

#[derive(Debug, Args)]
pub struct SearchPostgres {
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
    /// The number of searches of the aggregator with each repeated query. PostgreSQL gets each
    /// once more.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Maximum seconds for measuring PostgreSQL with new queries of a kind one after another,
    /// again with repeated ones, and again concurrently. If that is too short for all queries,
    /// fewer are measured.
    #[arg(long = "longest-round", default_value_t = 60)]
    max_round_seconds: u64,
    /// Seconds of concurrent searches of the aggregator with repeated queries.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
}

type Parameters = Vec<Box<dyn ToSql + Sync + Send>>;

/// Runs a statement, and returns the number of its rows.
async fn run_query(
    client: &Client,
    statement: &Statement,
    values: &Parameters,
) -> anyhow::Result<usize> {
    let values = values.iter().map(|value| {
        let value: &(dyn ToSql + Sync) = value.as_ref();
        value
    });
    let rows = client.query_raw(statement, values).await?;
    let mut rows = std::pin::pin!(rows);
    let mut count = 0;
    while let Some(row) = futures::StreamExt::next(&mut rows).await {
        row?;
        count += 1;
    }
    Ok(count)
}

/// PostgreSQL's figures of one kind of query.
struct Measurement {
    /// Of sequential new queries.
    new: Times,
    /// The number of sequential new queries.
    new_count: usize,
    /// Of the first of them again.
    repeated: Times,
    /// Of concurrent new queries; `None` if all were sent.
    per_second: Option<f64>,
}

/// Runs queries one after another, each once, until `max` has passed.
async fn run_sequentially(
    client: &Client,
    statement: &Statement,
    queries: &[Parameters],
    max: Duration,
) -> anyhow::Result<Vec<Duration>> {
    let start = Instant::now();
    let mut times = Vec::with_capacity(queries.len());
    for values in queries {
        let began = Instant::now();
        run_query(client, statement, values).await?;
        times.push(began.elapsed());
        if start.elapsed() >= max {
            break;
        }
    }
    Ok(times)
}

/// Measures sequential queries, each once and then some of them again, and then concurrent ones:
/// one for each connection, because each has a process of its own.
async fn measure(
    clients: &[Arc<Client>],
    kind: Kind,
    queries: &[Query],
    repeated: usize,
    max: Duration,
) -> anyhow::Result<Measurement> {
    let different = queries::different(queries, kind).into_iter();
    let mut sequential: Vec<Parameters> = different.map(|query| parameters(kind, query)).collect();
    let concurrent = sequential.split_off(sequential_part(sequential.len()));
    let prepared = clients[0].prepare(statement(kind)).await?;
    let new = run_sequentially(&clients[0], &prepared, &sequential, max).await?;
    let again = &sequential[..repeated.min(new.len())];
    let again = run_sequentially(&clients[0], &prepared, again, max).await?;
    Ok(Measurement {
        new_count: new.len(),
        new: Times::new(new)?,
        repeated: Times::new(again)?,
        per_second: run_concurrently(clients, kind, concurrent, max).await?,
    })
}

/// Runs queries on all connections, each once, until `max` has passed. Returns the number per
/// second.
async fn run_concurrently(
    clients: &[Arc<Client>],
    kind: Kind,
    queries: Vec<Parameters>,
    max: Duration,
) -> anyhow::Result<Option<f64>> {
    if queries.is_empty() {
        return Ok(None);
    }
    let (queries, next) = (Arc::new(queries), Arc::new(AtomicUsize::new(0)));
    let began = Instant::now();
    let mut workers = Vec::new();
    for client in clients {
        let (client, queries, next) = (Arc::clone(client), Arc::clone(&queries), Arc::clone(&next));
        let prepared = client.prepare(statement(kind)).await?;
        workers.push(tokio::spawn(async move {
            let mut count = 0_u32;
            while began.elapsed() < max
                && let Some(values) = queries.get(next.fetch_add(1, Ordering::Relaxed))
            {
                run_query(&client, &prepared, values).await?;
                count += 1;
            }
            anyhow::Ok(count)
        }));
    }
    let mut count = 0;
    for worker in workers {
        count += worker.await??;
    }
    Ok(Some(f64::from(count) / began.elapsed().as_secs_f64()))
}

/// The plan that PostgreSQL makes for a query.
async fn query_plan(client: &Client, kind: Kind, query: &Query) -> anyhow::Result<String> {
    let explain = format!("EXPLAIN (ANALYZE, BUFFERS) {}", statement(kind));
    let prepared = client.prepare(&explain).await?;
    let values = parameters(kind, query);
    let values: Vec<&(dyn ToSql + Sync)> = values
        .iter()
        .map(|value| {
            let value: &(dyn ToSql + Sync) = value.as_ref();
            value
        })
        .collect();
    let rows = client.query(&prepared, &values).await?;
    Ok(rows
        .iter()
        .map(|row| row.get::<_, String>(0) + "\n")
        .collect())
}

impl SearchPostgres {
    pub async fn run(self, paths: &Paths) -> anyhow::Result<()> {
        let shape = Shape::with_records(self.records, self.per_publisher);
        let dataset = dataset::prepare(&paths.scratch, shape)?;
        let queries = queries::draw(&dataset, self.queries)?;
        let plan = Plan {
            repeated: self.repeated.max(1),
            rounds: self.rounds.max(1),
            length: Duration::from_secs(self.seconds),
        };
        let max = Duration::from_secs(self.max_round_seconds);
        // One server after the other, so that they do not compete for cores and caches.
        let server = start_kept(&paths.scratch, &dataset, shape).await?;
        let (server, measurements, notes) = measure_all(server, &queries, &KINDS, plan).await?;
        server.stop()?;
        let cluster = Cluster::start()?;
        let mut clients = Vec::new();
        for _ in 0..4 {
            clients.push(Arc::new(cluster.connect().await?));
        }
        progress("filling PostgreSQL …");
        let began = Instant::now();
        load(&clients[0], &dataset).await?;
        let mut report = self.report(dataset.records);
        report.notes = notes;
        report.note(format!(
            "PostgreSQL was filled, indexed and analysed in {:.0} s.",
            began.elapsed().as_secs_f64()
        ));
        let mut plans = String::new();
        for own in measurements {
            let kind = own.kind;
            let postgres = measure(&clients, kind, &queries, plan.repeated, max).await?;
            if postgres.new_count < own.new.count {
                report.note(format!(
                    "PostgreSQL was measured with the first {} of {} new queries of: {}.",
                    postgres.new_count,
                    own.new.count,
                    kind.title()
                ));
            }
            let shown = query_plan(&clients[0], kind, &queries[0]).await?;
            write!(plans, "## {}\n\n```text\n{shown}```\n\n", kind.title())?;
            let ratio = |own: &Times, other: &Times| {
                let [own, other] = [own, other].map(|times| times.percentile(99).as_secs_f64());
                format!("**{:.1} ×**", other / own)
            };
            let rate = |rate: Option<f64>| rate.map_or_else(String::new, |it| format!("{it:.0}"));
            report.row([
                kind.title().into(),
                p50_p99(&own.new.times),
                p50_p99(&postgres.new),
                ratio(&own.new.times, &postgres.new),
                p50_p99(&own.repeated.times),
                p50_p99(&postgres.repeated),
                ratio(&own.repeated.times, &postgres.repeated),
                rate(own.new.per_second),
                rate(postgres.per_second),
            ]);
            progress(&format!("  {}", kind.title()));
        }
        let file = match &paths.write {
            Some(file) => file.with_file_name(PLANS_FILE),
            None => paths.scratch.join(PLANS_FILE),
        };
        let heading = format!(
            "# Query plans of PostgreSQL in the search benchmark\n\n[PERFORMANCE.md](PERFORMANCE.md) \
             compares searches with PostgreSQL. These are its plans for the first query of each \
             kind, from\n`{}`.\n\n",
            report.command
        );
        fs::write(&file, heading + plans.trim_end() + "\n")?;
        report.note(format!(
            "PostgreSQL's query plans are in [{PLANS_FILE}]({PLANS_FILE})."
        ));
        report.publish(paths)
    }

    fn report(&self, records: u64) -> Report {
        Report {
            name: format!("search-postgres {}", self.records),
            title: format!("The same searches on PostgreSQL 15 with PostGIS, {records} records"),
            command: format!(
                "tests/load/run search-postgres --records {} --write",
                self.records
            ),
            method: format!(
                "The aggregator first, as in `search`; then PostgreSQL from Debian in a separate \
                 cluster with the same records: weighted `tsvector` (GIN), `geography` (GiST, and \
                 partial ones for listings and free rooms), tags and audiences (GIN), expanded \
                 occurrences (B-tree); shared_buffers 4 GB, work_mem 64 MB, random_page_cost 1.1, \
                 statistics target 200, no JIT, custom plans; `VACUUM ANALYZE`. Prepared statements \
                 over a Unix socket. Up to {} different queries of each kind. New: half of them, \
                 each once and one after another; the other half concurrently, each once: 8 at a \
                 time on the aggregator, one on each of 4 connections on PostgreSQL. Repeated: the \
                 first {} again, on the aggregator {} times after one more round, on PostgreSQL \
                 once. On PostgreSQL, each of these steps takes at most {} seconds.",
                self.queries, self.repeated, self.rounds, self.max_round_seconds
            ),
            limit: "In PostgreSQL's favour: no TLS, no gRPC, no total, no snippets, no check that \
                    a hit is still visible, no restart before a kind, exact words only, every \
                    word required (so most sentences find nothing there), only the occurrences of \
                    the week in the query. The two rank differently, so hits differ in order."
                .into(),
            columns: vec![
                "query",
                "new: Hedgerow p50 / p99",
                "PostgreSQL p50 / p99",
                "at p99",
                "repeated: Hedgerow p50 / p99",
                "PostgreSQL p50 / p99",
                "at p99",
                "new per second: Hedgerow",
                "PostgreSQL",
            ],
            ..Report::default()
        }
    }
}
