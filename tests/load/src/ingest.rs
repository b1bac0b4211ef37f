//! `ingest`: many groups that publish at the same time.

use clap::Args;

use crate::dataset::Shape;
use crate::fill::fill_kept;
use crate::paths::Paths;
use crate::process::{Process, mib};
use crate::report::Report;
use crate::server::{folder_bytes, raised_limits};
use crate::timing::ms;
use crate::{dataset, stages};

#[derive(Debug, Args)]
pub struct Ingest {
    /// The approximate number of records.
    #[arg(long, default_value_t = 100_000)]
    records: u64,
    /// Generated groups whose records one publisher signs.
    #[arg(long, default_value_t = 1)]
    per_publisher: u64,
    /// The approximate number of records for measuring each stage alone; 0 skips this.
    #[arg(long, default_value_t = 30_000)]
    parts: u64,
}

#[expect(clippy::cast_precision_loss, reason = "a rate to three digits")]
fn rate(records: u64, time: std::time::Duration) -> f64 {
    records as f64 / time.as_secs_f64()
}

impl Ingest {
    pub async fn run(self, paths: &Paths) -> anyhow::Result<()> {
        let shape = Shape::with_records(self.records, self.per_publisher);
        let dataset = dataset::prepare(&paths.scratch, shape)?;
        let mut report = self.report();
        let own = Process::own().cpu();
        let filled = fill_kept(&paths.scratch, &dataset, shape).await?;
        let own = Process::own().cpu().saturating_sub(own);
        let process = filled.server.process();
        let (cpu, memory) = (process.cpu(), process.memory());
        let pushed = &filled.pushed;
        report.row(["publishers".into(), pushed.publishers.to_string()]);
        report.row(["records".into(), pushed.records.to_string()]);
        report.row([
            "received, verified and durable".into(),
            format!(
                "**{:.0} records/s** ({:.1} s)",
                rate(pushed.records, pushed.elapsed),
                pushed.elapsed.as_secs_f64()
            ),
        ]);
        report.row([
            "and indexed: search finds every record".into(),
            format!(
                "**{:.0} records/s** ({:.1} s)",
                rate(pushed.records, filled.searchable),
                filled.searchable.as_secs_f64()
            ),
        ]);
        report.row([
            "one push, p50 / p99".into(),
            format!(
                "{} / {}",
                ms(pushed.times.percentile(50)),
                ms(pushed.times.percentile(99))
            ),
        ]);
        report.row([
            "time of one core: aggregator / pushing program".into(),
            format!("{:.1} s / {:.1} s", cpu.as_secs_f64(), own.as_secs_f64()),
        ]);
        report.row([
            "aggregator's memory: resident (anonymous), peak".into(),
            format!(
                "{} ({}), {}",
                mib(memory.resident),
                mib(memory.anonymous),
                mib(memory.peak)
            ),
        ]);
        report.row(["on disk".into(), mib(folder_bytes(&filled.server.folder)?)]);
        filled.server.stop()?;
        if self.parts > 0 {
            let shape = Shape::with_records(self.parts.min(self.records), self.per_publisher);
            let part = dataset::prepare(&paths.scratch, shape)?;
            let folder = tempfile::tempdir_in(&paths.scratch)?;
            report.notes.push(format!(
                "Where the time goes: each stage alone, with both cores, over {} records.\n\n\
                 | stage | records/s | µs of one core per record |\n|---|---|---|",
                part.records
            ));
            for stage in stages::measure_stages(folder.path(), &part).await? {
                let line = format!(
                    "| {} | {:.0} | {:.0} |",
                    stage.name, stage.per_second, stage.core_us
                );
                if let Some(table) = report.notes.last_mut() {
                    table.push('\n');
                    table.push_str(&line);
                }
            }
        }
        report.publish(paths)
    }

    fn report(&self) -> Report {
        let (records, per) = (self.records, self.per_publisher);
        Report {
            name: format!("ingest {records} by {per}"),
            title: format!("Ingest: about {records} records, {per} generated groups per publisher"),
            command: format!(
                "tests/load/run ingest --records {records} --per-publisher {per} --write"
            ),
            method: format!(
                "Publishers, each with its own key and signed in advance, push key event, head, \
                 leaves and bodies by `IngestService.Push` over TLS on loopback, 64 concurrently \
                 over 4 connections, to the `hedgerow-aggregator` program. Every push must get a \
                 receipt without rejected records. Raised in the configuration file: {}.",
                raised_limits()
            ),
            limit: "The pushing program shares the cores with the aggregator. Only first \
                    publications: each has a key log, which costs a transaction and a signature \
                    verification. Every commit is flushed to the machine's disk."
                .into(),
            columns: vec!["what", "figure"],
            ..Report::default()
        }
    }
}
