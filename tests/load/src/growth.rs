//! `growth`: costs that grow with the number of groups.

use std::time::{Duration, Instant};

use clap::Args;

use crate::dataset::Shape;
use crate::fill::{fill, wait_until_found};
use crate::paths::Paths;
use crate::process::mib;
use crate::queries::Kind;
use crate::report::{Report, progress};
use crate::search_client::run_sequentially;
use crate::server::{ConfigChange, Server, folder_bytes, init_aggregator};
use crate::timing::ms;
use crate::{dataset, queries};

#[derive(Debug, Args)]
pub struct Growth {
    /// The numbers of groups.
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
    groups: Vec<u64>,
    /// Different queries.
    #[arg(long = "questions", default_value_t = 200)]
    queries: usize,
}

impl Growth {
    pub async fn run(self, paths: &Paths) -> anyhow::Result<()> {
        let mut report = self.report();
        for groups in &self.groups {
            progress(&format!("{groups} groups:"));
            let shape = Shape {
                groups: *groups,
                per_publisher: 1,
            };
            let dataset = dataset::prepare(&paths.scratch, shape)?;
            let queries = queries::draw(&dataset, self.queries)?;
            let folder = tempfile::tempdir_in(&paths.scratch)?;
            let home = folder.path().join("aggregator");
            let filled = fill(&home, &dataset, &[]).await?;
            filled.server.stop()?;
            let disk = folder_bytes(&home)?;
            let server = Server::aggregator(&home).await?;
            wait_until_found(&server, dataset.records).await?;
            let requests: Vec<_> = queries
                .iter()
                .map(|query| query.request(Kind::WordsNearTag))
                .collect();
            let searches = run_sequentially(&server.channel()?, &requests, 5).await?;
            let memory = server.process().memory();
            let sync = follow(&server, &folder.path().join("follower"), dataset.records).await?;
            report.row([
                groups.to_string(),
                dataset.records.to_string(),
                format!(
                    "{} / {}",
                    ms(searches.percentile(50)),
                    ms(searches.percentile(99))
                ),
                ms(filled.searchable),
                ms(sync),
                ms(server.started_in),
                format!("{} ({})", mib(memory.resident), mib(memory.anonymous)),
                mib(disk),
            ]);
            server.stop()?;
        }
        report.publish(paths)
    }

    fn report(&self) -> Report {
        Report {
            name: "growth".into(),
            title: "Growth with the number of groups".into(),
            command: "tests/load/run growth --write".into(),
            method: "For each number of groups: all push to a new aggregator until it finds every \
                     record (\"ingest\"); the aggregator is stopped and started again until it \
                     responds (\"start\"); it is searched for one word + 10 km + tag, one query after \
                     another (\"search\"); a second aggregator follows it until that finds every \
                     record (\"sync\"). Memory after the searches, resident (anonymous); disk is the \
                     whole folder."
                .into(),
            limit: "The two aggregators of \"sync\" share the cores. Resident memory includes as \
                    many pages of files as the system keeps there."
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

/// The time that another aggregator takes to follow all records.
async fn follow(
    server: &Server,
    folder: &std::path::Path,
    records: u64,
) -> anyhow::Result<Duration> {
    let source = server.address.to_string();
    let change: ConfigChange = Box::new(move |config| {
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
