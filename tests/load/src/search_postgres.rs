//! `search-postgres`: the same questions over the same records, in one run, here and on
//! PostgreSQL with PostGIS.

use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use clap::Args;
use tokio_postgres::Client;
use tokio_postgres::Statement;
use tokio_postgres::types::ToSql;

use crate::arguments::Place;
use crate::dataset;
use crate::dataset::Shape;
use crate::fill::kept;
use crate::postgres::Cluster;
use crate::postgres::load;
use crate::postgres::parameters;
use crate::postgres::statement;
use crate::questions;
use crate::questions::KINDS;
use crate::questions::Kind;
use crate::questions::Question;
use crate::report::Report;
use crate::report::say;
use crate::search::ask_all;
use crate::timing::Times;
use crate::timing::ms;

/// The same on PostgreSQL.
#[derive(Debug, Args)]
pub struct SearchPostgres {
    /// Over about how many records.
    #[arg(long, default_value_t = 100_000)]
    records: u64,
    /// How many generated groups one publisher speaks for: fewer publishers fill faster.
    #[arg(long, default_value_t = 100)]
    per_publisher: u64,
    /// Different questions of each kind.
    #[arg(long, default_value_t = 200)]
    questions: usize,
    /// How often each is asked here. PostgreSQL is asked each once, after it was warmed up
    /// with it.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// The most seconds for which PostgreSQL is warmed up with a kind of question, and then
    /// asked: of a kind for which that is too short, it is asked fewer.
    #[arg(long, default_value_t = 60)]
    longest_round: u64,
    /// Seconds of asking many at once.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
}

type Parameters = Vec<Box<dyn ToSql + Sync + Send>>;

async fn ask(client: &Client, statement: &Statement, values: &Parameters) -> anyhow::Result<usize> {
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

/// What PostgreSQL showed of a kind of question.
struct Theirs {
    /// One after the other.
    times: Times,
    /// How many questions those were.
    asked: usize,
    /// A second, by 4 at once.
    per_second: f64,
}

/// Asks one after the other, each once, until all are asked or the time is over.
async fn one_by_one(
    client: &Client,
    statement: &Statement,
    asked: &[Parameters],
    longest: Duration,
) -> anyhow::Result<Vec<Duration>> {
    let start = Instant::now();
    let mut times = Vec::with_capacity(asked.len());
    for values in asked {
        let began = Instant::now();
        ask(client, statement, values).await?;
        times.push(began.elapsed());
        if start.elapsed() >= longest {
            break;
        }
    }
    Ok(times)
}

/// Asked one after the other, what it was warmed up with, and then by 4 at once: PostgreSQL
/// has a process a connection.
async fn measure(
    clients: &[Arc<Client>],
    kind: Kind,
    questions: &[Question],
    longest: Duration,
    length: Duration,
) -> anyhow::Result<Theirs> {
    let asked: Arc<Vec<Parameters>> = Arc::new(
        questions
            .iter()
            .map(|question| parameters(kind, question))
            .collect(),
    );
    let prepared = clients[0].prepare(statement(kind)).await?;
    let warm = one_by_one(&clients[0], &prepared, &asked, longest).await?;
    let times = one_by_one(&clients[0], &prepared, &asked[..warm.len()], longest).await?;
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let mut workers = Vec::new();
    for client in clients {
        let (client, asked, next) = (Arc::clone(client), Arc::clone(&asked), Arc::clone(&next));
        let prepared = client.prepare(statement(kind)).await?;
        workers.push(tokio::spawn(async move {
            let mut count = 0_u32;
            while began.elapsed() < length {
                let at = next.fetch_add(1, Ordering::Relaxed) % asked.len();
                ask(&client, &prepared, &asked[at]).await?;
                count += 1;
            }
            anyhow::Ok(count)
        }));
    }
    let mut count = 0;
    for worker in workers {
        count += worker.await??;
    }
    Ok(Theirs {
        asked: times.len(),
        times: Times::new(times)?,
        per_second: f64::from(count) / began.elapsed().as_secs_f64(),
    })
}

/// The plan of the first question of a kind.
async fn plan(client: &Client, kind: Kind, question: &Question) -> anyhow::Result<String> {
    let explain = format!("EXPLAIN (ANALYZE, BUFFERS) {}", statement(kind));
    let prepared = client.prepare(&explain).await?;
    let values = parameters(kind, question);
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
    /// Measures, and reports.
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        let shape = Shape::of_records(self.records, self.per_publisher);
        let dataset = dataset::prepare(&place.scratch, shape)?;
        let questions = questions::draw(&dataset, self.questions)?;
        let length = Duration::from_secs(self.seconds);
        let longest = Duration::from_secs(self.longest_round);
        // One after the other, so that neither takes the other's cores or caches.
        let server = kept(&place.scratch, &dataset, shape).await?;
        let (own, lacking) = ask_all(&server, &questions, &KINDS, self.rounds, length).await?;
        server.stop()?;
        let cluster = Cluster::start()?;
        let mut clients = Vec::new();
        for _ in 0..4 {
            clients.push(Arc::new(cluster.connect().await?));
        }
        say("filling PostgreSQL …");
        let began = Instant::now();
        load(&clients[0], &dataset).await?;
        let mut report = self.report(dataset.records, questions.len());
        report.notes = lacking;
        report.note(format!(
            "PostgreSQL was filled, indexed and analysed in {:.0} s.",
            began.elapsed().as_secs_f64()
        ));
        let mut plans = String::new();
        for one in own {
            let kind = one.kind;
            let theirs = measure(&clients, kind, &questions, longest, length).await?;
            if theirs.asked < questions.len() {
                report.note(format!(
                    "PostgreSQL was asked the first {} questions of: {}.",
                    theirs.asked,
                    kind.title()
                ));
            }
            let shown = plan(&clients[0], kind, &questions[0]).await?;
            write!(plans, "## {}\n\n```text\n{shown}```\n\n", kind.title())?;
            let (p99, their_p99) = (one.times.percentile(99), theirs.times.percentile(99));
            report.row([
                kind.title().into(),
                format!("{} / {}", ms(one.times.percentile(50)), ms(p99)),
                format!("{} / {}", ms(theirs.times.percentile(50)), ms(their_p99)),
                format!("**{:.1} ×**", their_p99.as_secs_f64() / p99.as_secs_f64()),
                format!("{:.0}", one.per_second[1]),
                format!("{:.0}", theirs.per_second),
            ]);
            say(&format!("  {}", kind.title()));
        }
        let file = match &place.write {
            Some(file) => file.with_file_name("POSTGRES-PLANS.md"),
            None => place.scratch.join("POSTGRES-PLANS.md"),
        };
        let heading = format!(
            "# PostgreSQL's plans\n\nOf the first question of each kind in `{}`.\n\n",
            report.command
        );
        fs::write(&file, heading + plans.trim_end() + "\n")?;
        report.note(format!("The plans stand in `{}`.", file.display()));
        report.publish(place)
    }

    fn report(&self, records: u64, questions: usize) -> Report {
        Report {
            name: format!("search-postgres {}", self.records),
            title: format!("The same searches on PostgreSQL 15 with PostGIS, {records} records"),
            command: format!(
                "tests/load/run search-postgres --records {} --write",
                self.records
            ),
            method: format!(
                "The aggregator first, as in `search`; then PostgreSQL from Debian in a cluster of \
                 its own with the same records: weighted `tsvector` (GIN), `geography` (GiST, and \
                 partial ones for listings and free rooms), tags and audiences (GIN), expanded \
                 occurrences (B-tree); shared_buffers 4 GB, work_mem 64 MB, random_page_cost 1.1, \
                 statistics target 200, no JIT, plans made for the values at hand; `VACUUM \
                 ANALYZE`. Prepared statements over a Unix socket. {questions} questions of each \
                 kind, one after the other after one round of warming up: here {} times, there once \
                 and for at most {} seconds; then for {} seconds 16 at once here, and by 4 \
                 connections there.",
                self.rounds, self.longest_round, self.seconds
            ),
            limit: "In PostgreSQL's favour: no TLS, no gRPC, no total, no snippets, no check that \
                    a hit is still shown, exact words only, occurrences of the one week that is \
                    asked for. The two rank differently, so hits differ in order."
                .into(),
            columns: vec![
                "question",
                "Hedgerow p50 / p99",
                "PostgreSQL p50 / p99",
                "at p99",
                "Hedgerow a second",
                "PostgreSQL a second",
            ],
            ..Report::default()
        }
    }
}
