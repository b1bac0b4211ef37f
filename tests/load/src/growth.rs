//! `growth`: what becomes dearer with the number of groups, and how fast.

use std::time::Duration;
use std::time::Instant;

use clap::Args;

use crate::arguments::Place;
use crate::dataset;
use crate::dataset::Shape;
use crate::fill::fill;
use crate::fill::wait_until_found;
use crate::process::mib;
use crate::questions;
use crate::questions::Kind;
use crate::report::Report;
use crate::report::say;
use crate::seeker::one_by_one;
use crate::server::Change;
use crate::server::Server;
use crate::server::folder_bytes;
use crate::server::init_aggregator;
use crate::timing::ms;

/// Growth with the number of groups.
#[derive(Debug, Args)]
pub struct Growth {
    /// The numbers of groups.
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
    groups: Vec<u64>,
    /// Different questions.
    #[arg(long, default_value_t = 200)]
    questions: usize,
}

impl Growth {
    /// Measures, and reports.
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        let mut report = self.report();
        for groups in &self.groups {
            say(&format!("{groups} groups:"));
            let shape = Shape {
                groups: *groups,
                per_publisher: 1,
            };
            let dataset = dataset::prepare(&place.scratch, shape)?;
            let questions = questions::draw(&dataset, self.questions)?;
            let folder = tempfile::tempdir_in(&place.scratch)?;
            let home = folder.path().join("aggregator");
            let filled = fill(&home, &dataset, &[]).await?;
            filled.server.stop()?;
            let disk = folder_bytes(&home)?;
            let server = Server::aggregator(&home).await?;
            wait_until_found(&server, dataset.records).await?;
            let requests: Vec<_> = questions
                .iter()
                .map(|question| question.request(Kind::WordsNearTag))
                .collect();
            let asked = one_by_one(&server.channel()?, &requests, 5).await?;
            let memory = server.process().memory();
            let sync = follow(&server, &folder.path().join("follower"), dataset.records).await?;
            report.row([
                groups.to_string(),
                dataset.records.to_string(),
                format!(
                    "{} / {}",
                    ms(asked.times.percentile(50)),
                    ms(asked.times.percentile(99))
                ),
                ms(filled.searchable),
                ms(sync),
                ms(server.started_in),
                format!("{} ({})", mib(memory.resident), mib(memory.anonymous)),
                mib(disk),
            ]);
            server.stop()?;
        }
        report.publish(place)
    }

    fn report(&self) -> Report {
        Report {
            name: "growth".into(),
            title: "Growth with the number of groups".into(),
            command: "tests/load/run growth --write".into(),
            method: "For each number of groups: all push to a fresh aggregator, until all is found \
                     (\"ingest\"); it is stopped and started again, until it answers a call \
                     (\"start\"); one word + 10 km + tag is asked one after the other (\"search\"); \
                     a second aggregator follows the first until it too finds everything \
                     (\"sync\"). Memory after the searches, resident (anonymous); disk is the whole \
                     folder."
                .into(),
            limit: "Both aggregators of \"sync\" share the cores. Resident memory holds as many \
                    pages of files as the system leaves there."
                .into(),
            columns: vec![
                "groups",
                "records",
                "search p50 / p99",
                "ingest",
                "sync",
                "start",
                "memory",
                "disk",
            ],
            ..Report::default()
        }
    }
}

/// How long another aggregator takes to follow everything.
async fn follow(
    server: &Server,
    folder: &std::path::Path,
    records: u64,
) -> anyhow::Result<Duration> {
    let source = server.address.to_string();
    let change: Change = Box::new(move |config| {
        config.insert("sources".into(), vec![source.clone()].into());
        Ok(())
    });
    init_aggregator(folder, &[change])?;
    let began = Instant::now();
    let follower = Server::aggregator(folder).await?;
    wait_until_found(&follower, records).await?;
    let took = began.elapsed();
    follower.stop()?;
    Ok(took)
}
