//! `ingest`: groups that all publish at once.

use clap::Args;

use crate::arguments::Place;
use crate::dataset;
use crate::dataset::Shape;
use crate::fill::fill_kept;
use crate::process::Process;
use crate::process::mib;
use crate::report::Report;
use crate::server::folder_bytes;
use crate::server::raised;
use crate::stages;
use crate::timing::ms;

/// Records a second.
#[derive(Debug, Args)]
pub struct Ingest {
    /// About how many records.
    #[arg(long, default_value_t = 100_000)]
    records: u64,
    /// How many generated groups one publisher speaks for.
    #[arg(long, default_value_t = 1)]
    per_publisher: u64,
    /// Over about how many records each part is measured alone; 0 leaves it out.
    #[arg(long, default_value_t = 30_000)]
    parts: u64,
}

#[expect(clippy::cast_precision_loss, reason = "a rate to three digits")]
fn rate(records: u64, time: std::time::Duration) -> f64 {
    records as f64 / time.as_secs_f64()
}

impl Ingest {
    /// Measures, and reports.
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        let shape = Shape::of_records(self.records, self.per_publisher);
        let dataset = dataset::prepare(&place.scratch, shape)?;
        let mut report = self.report();
        let own = Process::own().cpu();
        let filled = fill_kept(&place.scratch, &dataset, shape).await?;
        let own = Process::own().cpu().saturating_sub(own);
        let process = filled.server.process();
        let (cpu, memory) = (process.cpu(), process.memory());
        let pushed = &filled.pushed;
        report.row(["publishers".into(), pushed.publishers.to_string()]);
        report.row(["records".into(), pushed.records.to_string()]);
        report.row([
            "received, checked and durable".into(),
            format!(
                "**{:.0} records/s** ({:.1} s)",
                rate(pushed.records, pushed.elapsed),
                pushed.elapsed.as_secs_f64()
            ),
        ]);
        report.row([
            "and indexed: all of it found by a search".into(),
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
            "time of a core: aggregator / pushing program".into(),
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
            let shape = Shape::of_records(self.parts.min(self.records), self.per_publisher);
            let part = dataset::prepare(&place.scratch, shape)?;
            let folder = tempfile::tempdir_in(&place.scratch)?;
            report.notes.push(format!(
                "Where the time goes: each part alone, with both cores, over {} records.\n\n\
                 | part | records/s | µs of a core a record |\n|---|---|---|",
                part.records
            ));
            for stage in stages::stages(folder.path(), &part).await? {
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
        report.publish(place)
    }

    fn report(&self) -> Report {
        let (records, per) = (self.records, self.per_publisher);
        Report {
            name: format!("ingest {records} by {per}"),
            title: format!("Ingest: about {records} records, {per} generated groups a publisher"),
            command: format!(
                "tests/load/run ingest --records {records} --per-publisher {per} --write"
            ),
            method: format!(
                "Publishers with keys of their own, signed beforehand, push key event, head, \
                 leaves and bodies by `IngestService.Push` over TLS on loopback, 64 at once over 4 \
                 connections, into the `hedgerow-aggregator` program. Every push must be answered \
                 with a receipt and nothing refused. Raised in its configuration file: {}.",
                raised()
            ),
            limit: "The pushing program shares the cores with the aggregator. First \
                    publications only: every publisher brings a key log, which costs a transaction \
                    and a signature check of its own. The disk is the machine's; each commit is \
                    flushed to it."
                .into(),
            columns: vec!["what", "figure"],
            ..Report::default()
        }
    }
}
