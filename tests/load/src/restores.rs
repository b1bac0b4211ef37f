//! `restores`: backups of an aggregator and of a node while records come in, each restored into
//! another folder and compared with what was published.

mod aggregator;
mod drill;
mod node;

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::Args;

use self::drill::{Drill, Kind, PUBLISHERS, Running, Scale};
use crate::paths::Paths;
use crate::process::mib;
use crate::report::{Report, progress};
use crate::server::raised_limits;
use crate::timing::{Times, ms};

#[derive(Debug, Args)]
pub struct Restores {
    /// How many backups of each server are made and restored.
    #[arg(long, default_value_t = 100)]
    restores: usize,
    /// Groups that publish.
    #[arg(long, default_value_t = 40)]
    groups: u64,
    /// Records of each group. Every publication replaces all of them.
    #[arg(long, default_value_t = 50)]
    records: u64,
    /// Records that come in each second.
    #[arg(long, default_value_t = 1_000)]
    records_per_second: u64,
}

/// What was measured with one server.
struct Measured {
    drills: Vec<Drill>,
    records_per_second: u128,
    publications: Times,
}

impl Restores {
    pub async fn run(self, paths: &Paths) -> anyhow::Result<()> {
        ensure!(self.restores > 0 && self.records > 0 && self.groups >= PUBLISHERS);
        let scale = Scale {
            groups: self.groups,
            records: self.records,
            records_per_second: self.records_per_second,
        };
        let folder = tempfile::tempdir_in(&paths.scratch)?;
        let running = aggregator::start(folder.path(), scale).await?;
        let aggregator = self.measure(running, folder.path()).await?;
        let running = node::start(folder.path(), scale).await?;
        let node = self.measure(running, folder.path()).await?;
        self.report([&aggregator, &node])?.publish(paths)
    }

    async fn measure(&self, mut running: Running, folder: &Path) -> anyhow::Result<Measured> {
        let program = running.kind.program();
        running.wait_for_groups(self.groups).await?;
        let count = |running: &Running| running.published.records.load(Ordering::SeqCst);
        let (began, before) = (Instant::now(), count(&running));
        let mut drills = Vec::new();
        for number in 1..=self.restores {
            let (drill, restored) = running.drill(folder).await?;
            if running.kind == Kind::Node {
                node::check_that_it_waits(&restored).await?;
            }
            let restored_folder = restored.folder.clone();
            restored.stop()?;
            std::fs::remove_dir_all(restored_folder)?;
            drills.push(drill);
            running.check_publishers()?;
            if number.is_multiple_of(10) {
                let all = self.restores;
                progress(&format!(
                    "{program}: {number} of {all} restored with equal roots"
                ));
            }
        }
        let records = count(&running) - before;
        let elapsed = began.elapsed();
        running.publishers.shutdown().await;
        running.server.stop()?;
        let publications = Times::new(running.published.times.lock().await.clone())?;
        Ok(Measured {
            drills,
            records_per_second: u128::from(records) * 1_000 / elapsed.as_millis().max(1),
            publications,
        })
    }

    fn report(&self, both: [&Measured; 2]) -> anyhow::Result<Report> {
        let shown = |times: &Times| {
            let (p50, p99) = (times.percentile(50), times.percentile(99));
            format!("{} / {} / {}", ms(p50), ms(p99), ms(times.longest()))
        };
        let times = |of: fn(&Drill) -> Duration| {
            let cells = both.map(|one| Times::new(one.drills.iter().map(of).collect()));
            let [aggregator, node] = cells;
            anyhow::Ok([shown(&aggregator?), shown(&node?)])
        };
        let mut report = self.empty_report();
        let mut row = |what: &str, [aggregator, node]: [String; 2]| {
            report.row([what.into(), aggregator, node]);
        };
        let equal = both.map(|one| format!("**{0} of {0}**", one.drills.len()));
        row("restored with equal roots", equal);
        let records = both.map(|one| one.records_per_second.to_string());
        row("records that came in each second", records);
        let make = times(|drill| drill.make)?;
        row("backup made and checked, p50 / p99 / longest", make);
        let restore = times(|drill| drill.restore)?;
        row("restored and checked, p50 / p99 / longest", restore);
        let publications = both.map(|one| shown(&one.publications));
        row("a publication meanwhile, p50 / p99 / longest", publications);
        let largest = both.map(|one| one.drills.iter().map(|drill| drill.bytes).max());
        row(
            "largest backup",
            largest.map(|bytes| mib(bytes.unwrap_or_default())),
        );
        Ok(report)
    }

    fn empty_report(&self) -> Report {
        let Self {
            groups, records, ..
        } = self;
        Report {
            name: "restores".into(),
            title: "Backups made during ingest, restored and compared".into(),
            command: "tests/load/run restores --write".into(),
            method: format!(
                "{groups} groups publish all of their {records} records again and again, each time with \
                 other texts, together {} records a second: to the `hedgerow-aggregator` program by \
                 pushes, then through the `hedgerow-node` program, which signs them. Meanwhile `backup \
                 make` and, into a new folder, `backup restore`, over and over. Each restored server is \
                 started, and a client downloads every group's records and computes the root: it must \
                 be the one that was signed for that head, and the head must be no older than the last \
                 one that was confirmed before the backup began. Each restored node gets another record, \
                 and must wait before it signs. Raised in the configuration files, of the node those \
                 that it has: {}.",
                self.records_per_second,
                raised_limits()
            ),
            limit: "One disk and one machine for everything: the publishers, the server, and the \
                    restored one, whose checks share the cores with the publications."
                .into(),
            columns: vec!["what", "aggregator", "node"],
            ..Report::default()
        }
    }
}
