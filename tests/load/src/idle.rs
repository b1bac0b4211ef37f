//! `idle`: an aggregator that follows many idle nodes.

mod simulated;

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use crate::dataset;
use crate::dataset::Shape;
use crate::fill::wait_until_found;
use crate::paths::Paths;
use crate::process::{loopback_bytes, mib};
use crate::report::{Report, progress};
use crate::server::{ConfigChange, Server, init_aggregator, set_existing};
use simulated::SimulatedNodes;

const DAY: u64 = 86_400;

#[derive(Debug, Args)]
pub struct Idle {
    /// The number of nodes.
    #[arg(long, default_value_t = 1_000)]
    nodes: u64,
    /// The groups of all nodes together.
    #[arg(long, default_value_t = 10_000)]
    groups: u64,
    /// Seconds between the aggregator's sweeps of a node for missed changes. (An hour by
    /// default, outside this benchmark.)
    #[arg(long, default_value_t = 30)]
    sweep_seconds: u64,
    /// The number of sweeps to measure.
    #[arg(long, default_value_t = 3)]
    sweeps: u64,
}

impl Idle {
    pub async fn run(self, paths: &Paths) -> anyhow::Result<()> {
        let shape = Shape {
            groups: self.groups,
            per_publisher: 1,
        };
        let dataset = dataset::prepare(&paths.scratch, shape)?;
        progress(&format!("starting {} nodes …", self.nodes));
        let nodes = SimulatedNodes::start(&dataset, self.nodes).await?;
        let folder = tempfile::tempdir_in(&paths.scratch)?;
        let every = self.sweep_seconds;
        let follow = |name: &str, sweep_seconds: u64, list_seconds: u64| {
            let folder = folder.path().join(name);
            self.follow(&nodes, folder, &dataset, [sweep_seconds, list_seconds])
        };
        let (quiet, server) = follow("hourly", 3_600, DAY).await?;
        server.stop()?;
        let (listed, server) = follow("listed", every, every).await?;
        server.stop()?;
        let (swept, server) = follow("swept", every, DAY).await?;
        let memory = server.process().memory();
        server.stop()?;
        let mut report = self.report(dataset.records);
        let each = |bytes: u64| bytes / self.nodes.max(1);
        let sweeps = self.sweeps.max(1);
        let more = |bytes: u64| format!("{}", each(bytes.saturating_sub(quiet) / sweeps));
        report.row([
            "aggregator's memory: resident (anonymous)".into(),
            format!("**{}** ({})", mib(memory.resident), mib(memory.anonymous)),
            "1 GiB".into(),
        ]);
        report.row([
            "its peak, during ingest".into(),
            mib(memory.peak),
            "1 GiB".into(),
        ]);
        report.row([
            "bytes a node and sweep, both ways, with all headers".into(),
            format!("**{}**", more(swept)),
            "1,024".into(),
        ]);
        report.row([
            "the same for a sweep that lists all heads: daily, and after a miss".into(),
            more(listed),
            String::new(),
        ]);
        report.row([
            "bytes a node and minute between sweeps".into(),
            format!(
                "{}",
                each(quiet) * 60 / self.measured_time().as_secs().max(1)
            ),
            String::new(),
        ]);
        report.publish(paths)
    }

    /// The time of all sweeps. Each begins a second after the last one ended.
    fn measured_time(&self) -> Duration {
        Duration::from_secs((self.sweep_seconds + 1) * self.sweeps)
    }

    /// Follows all nodes until search finds all records, then counts bytes during the sweeps.
    async fn follow(
        &self,
        nodes: &SimulatedNodes,
        folder: std::path::PathBuf,
        dataset: &dataset::Dataset,
        [sweep_seconds, list_seconds]: [u64; 2],
    ) -> anyhow::Result<(u64, Server)> {
        let sources: Vec<toml::Value> = nodes
            .addresses
            .iter()
            .map(|address| address.to_string().into())
            .collect();
        let sources = Arc::new(toml::Value::Array(sources));
        let change: ConfigChange = Box::new(move |config| {
            config.insert("sources".into(), (*sources).clone());
            let seconds = [
                ("sweep_seconds", sweep_seconds),
                ("list_seconds", list_seconds),
            ];
            seconds.into_iter().try_for_each(|(key, seconds)| {
                set_existing(config, "crawl", key, i64::try_from(seconds)?.into())
            })
        });
        init_aggregator(&folder, &[change])?;
        let began = Instant::now();
        let server = Server::aggregator(&folder).await?;
        wait_until_found(&server, dataset.records).await?;
        progress(&format!(
            "ingested after {:.1} s",
            began.elapsed().as_secs_f64()
        ));
        let settling = Duration::from_secs(self.sweep_seconds);
        tokio::time::sleep(settling).await;
        let before = loopback_bytes();
        tokio::time::sleep(self.measured_time()).await;
        Ok((loopback_bytes().saturating_sub(before), server))
    }

    fn report(&self, records: u64) -> Report {
        let (nodes, groups) = (self.nodes, self.groups);
        Report {
            name: "idle".into(),
            title: format!("{groups} idle groups on {nodes} nodes"),
            command: "tests/load/run idle --write".into(),
            method: format!(
                "{nodes} feeds with {groups} groups and {records} records together, each with its \
                 own port and key, in one process; the `hedgerow-aggregator` program follows all \
                 of them as its `sources`. Bytes are those of the loopback interface, over {} \
                 sweeps of {} s each (`crawl.sweep_seconds`; an hour by default), minus those of \
                 the same time without a sweep. A sweep requests, over the open connection, the \
                 rows after the last processed one.",
                self.sweeps, self.sweep_seconds
            ),
            limit:
                "The nodes are simulated, not `hedgerow-node`, but cost the aggregator the same. \
                    Other traffic on the loopback interface is counted too."
                    .into(),
            columns: vec!["what", "figure", "aim"],
            ..Report::default()
        }
    }
}
