//! `search`: seekers' questions, over gRPC.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use hedgerow_proto::v1;
use tonic::transport::Channel;

use crate::arguments::Place;
use crate::dataset;
use crate::dataset::Shape;
use crate::fill::kept;
use crate::process::mib;
use crate::questions;
use crate::questions::KINDS;
use crate::questions::Kind;
use crate::questions::Question;
use crate::report::Report;
use crate::report::say;
use crate::seeker::at_once;
use crate::seeker::lacks;
use crate::seeker::one_by_one;
use crate::server::Server;
use crate::server::raised;
use crate::timing::Times;
use crate::timing::ms;

/// Searches over gRPC.
#[derive(Debug, Args)]
pub struct Search {
    /// Over about how many records.
    #[arg(long, default_value_t = 100_000)]
    records: u64,
    /// How many generated groups one publisher speaks for: fewer publishers fill faster.
    #[arg(long, default_value_t = 100)]
    per_publisher: u64,
    /// Different questions of each kind.
    #[arg(long, default_value_t = 200)]
    questions: usize,
    /// How often each is asked.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of asking many at once.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Only these kinds of question.
    #[arg(long, value_enum, value_delimiter = ',', conflicts_with = "write")]
    only: Vec<Kind>,
}

/// What one kind of question showed.
pub struct Measured {
    /// The kind.
    pub kind: Kind,
    /// How many questions found something.
    pub answered: usize,
    /// One after the other.
    pub times: Times,
    /// A second, one after the other at once on one connection, and many on several.
    pub per_second: [f64; 2],
    /// A second of one core of the server, many at once.
    pub per_core_second: f64,
}

/// Asks every kind that the server serves. The names of those that it does not serve come
/// second.
pub async fn ask_all(
    server: &Server,
    questions: &[Question],
    kinds: &[Kind],
    rounds: usize,
    length: Duration,
) -> anyhow::Result<(Vec<Measured>, Vec<String>)> {
    let channels = (0..4)
        .map(|_| server.channel())
        .collect::<anyhow::Result<Vec<_>>>()?;
    let (mut measured, mut lacking) = (Vec::new(), Vec::new());
    for &kind in kinds {
        let requests: Vec<_> = questions
            .iter()
            .map(|question| question.request(kind))
            .collect();
        if let Some(field) = lacks(&channels[0], &requests[0]).await? {
            lacking.push(format!(
                "Not measured: {}: the aggregator does not serve `{field}`.",
                kind.title()
            ));
            continue;
        }
        measured.push(ask(server, &channels, kind, requests, rounds, length).await?);
        say(&format!("  {}", kind.title()));
    }
    Ok((measured, lacking))
}

async fn ask(
    server: &Server,
    channels: &[Channel],
    kind: Kind,
    requests: Vec<v1::SearchRequest>,
    rounds: usize,
    length: Duration,
) -> anyhow::Result<Measured> {
    let asked = one_by_one(&channels[0], &requests, rounds).await?;
    let requests = Arc::new(requests);
    let one = at_once(&channels[..1], Arc::clone(&requests), 8, length).await?;
    let cpu = server.process().cpu();
    let many = at_once(channels, requests, 16, length).await?;
    let cpu = server.process().cpu().saturating_sub(cpu);
    Ok(Measured {
        kind,
        answered: asked.answered,
        times: asked.times,
        per_second: [one, many],
        per_core_second: many * length.as_secs_f64() / cpu.as_secs_f64().max(0.01),
    })
}

impl Search {
    /// Measures, and reports.
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        let shape = Shape::of_records(self.records, self.per_publisher);
        let dataset = dataset::prepare(&place.scratch, shape)?;
        let questions = questions::draw(&dataset, self.questions)?;
        let server = kept(&place.scratch, &dataset, shape).await?;
        let mut report = self.report(dataset.records, questions.len());
        let length = Duration::from_secs(self.seconds);
        let kinds = if self.only.is_empty() {
            &KINDS[..]
        } else {
            &self.only
        };
        let (measured, lacking) = ask_all(&server, &questions, kinds, self.rounds, length).await?;
        for one in measured {
            report.row([
                one.kind.title().into(),
                ms(one.times.percentile(50)),
                format!("**{}**", ms(one.times.percentile(99))),
                format!("{:.0}", one.per_second[0]),
                format!("{:.0}", one.per_second[1]),
                format!("**{:.0}**", one.per_core_second),
                format!("{} of {}", one.answered, questions.len()),
            ]);
        }
        report.notes = lacking;
        let memory = server.process().memory();
        report.note(format!(
            "The aggregator's memory after it: {} resident, {} of it its own (the rest are pages \
             of the index and database that the system may drop).",
            mib(memory.resident),
            mib(memory.anonymous)
        ));
        server.stop()?;
        report.publish(place)
    }

    fn report(&self, records: u64, questions: usize) -> Report {
        Report {
            name: format!("search {}", self.records),
            title: format!("Search over {records} records"),
            command: format!("tests/load/run search --records {} --write", self.records),
            method: format!(
                "`DirectoryService.Search` of the `hedgerow-aggregator` program over TLS on \
                 loopback, 20 hits a page with snippets and the total, every hit checked against \
                 the store. {questions} questions of each kind, drawn from the records, asked {} \
                 times one after the other after one round of warming up (p50, p99); then for {} \
                 seconds 8 at once on one connection, and 16 at once on 4 connections. \"A core\" \
                 counts only the time for which the aggregator used one. Raised: {}.",
                self.rounds,
                self.seconds,
                raised()
            ),
            limit: "Warm caches, invented text, and the asking program on the same cores.".into(),
            columns: vec![
                "question",
                "p50",
                "p99",
                "a second, 1 connection",
                "a second, 4 connections",
                "a second of a core",
                "found something",
            ],
            ..Report::default()
        }
    }
}
