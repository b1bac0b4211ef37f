//! `profile`: flame graphs of an aggregator on one core, and the work that takes its time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context as _, ensure};
use clap::Args;

use crate::dataset::Shape;
use crate::fill::fill_running;
use crate::flame::Stacks;
use crate::paths::Paths;
use crate::process::Process;
use crate::queries::Kind;
use crate::report::{Report, progress};
use crate::search_client::{Until, run_concurrently};
use crate::server::{Server, init_aggregator};
use crate::{dataset, flame, queries};

/// The longest time until `perf` samples.
const START: Duration = Duration::from_secs(10);

#[derive(Debug, Args)]
pub struct Profile {
    /// The approximate number of records.
    #[arg(long, default_value_t = 60_000)]
    records: u64,
    /// Generated groups whose records one publisher signs.
    #[arg(long, default_value_t = 1)]
    per_publisher: u64,
    /// Seconds of searches.
    #[arg(long, default_value_t = 15)]
    seconds: u64,
    /// Samples per second.
    #[arg(long, default_value_t = 199)]
    frequency: u32,
    /// The folder of the two pictures.
    #[arg(long, default_value = "docs/flames")]
    pictures: PathBuf,
}

/// Kinds of work with parts of the names of their functions. A sample counts for the innermost
/// function with a match, and there for the first kind that matches.
const WORK: [(&str, &[&str]); 17] = [
    (
        "flushing files to the disk",
        &["fsync", "fdatasync", "sync_file_range"],
    ),
    ("Ed25519 signatures", &["ed25519", "curve25519"]),
    ("SHA-256", &["sha2::", "sha256"]),
    ("TLS", &["aws_lc", "rustls"]),
    (
        "SQLite",
        &["sqlite3", "walWrite", "balance_", "pager", "libsqlite"],
    ),
    ("sqlx: calls and threads around SQLite", &["sqlx"]),
    (
        "tantivy: writing and merging segments",
        &[
            "segment_writer",
            "segment_updater",
            "index_writer",
            "IndexMerger",
            "tokenizer",
            "indexer::",
            "postings::recorder",
            "stacker",
        ],
    ),
    ("tantivy: everything else", &["tantivy"]),
    (
        "reading records into index documents",
        &[
            "hedgerow_core::summary",
            "hedgerow_search::document",
            "hedgerow_search::analysis",
        ],
    ),
    (
        "checking records by the rules",
        &["hedgerow_core::rules", "hedgerow_core::recurrence"],
    ),
    ("protobuf", &["prost", "hedgerow_proto"]),
    ("snippets", &["directory::snippet"]),
    (
        "HTTP/2 and gRPC",
        &["h2::", "hyper", "tonic", "tower", "axum"],
    ),
    (
        "the aggregator's own code",
        &[
            "hedgerow_aggregator",
            "hedgerow_search",
            "hedgerow_store",
            "hedgerow_server",
            "hedgerow_transport",
            "hedgerow_core",
        ],
    ),
    ("tokio: tasks and timers", &["tokio"]),
    (
        "the kernel: sockets",
        &["tcp_", "sock_", "inet_", "__sys_sendto", "__sys_recvfrom"],
    ),
    (
        "memory",
        &[
            "malloc",
            "_int_free",
            "cfree",
            "realloc",
            "memcpy",
            "memmove",
            "memset",
        ],
    ),
];

impl Profile {
    pub async fn run(self, paths: &Paths) -> anyhow::Result<()> {
        let shape = Shape::with_records(self.records, self.per_publisher);
        let dataset = dataset::prepare(&paths.scratch, shape)?;
        let queries = queries::draw(&dataset, 200)?;
        let folder = tempfile::tempdir_in(&paths.scratch)?;
        let home = folder.path().join("aggregator");
        init_aggregator(&home, &[])?;
        let server = Server::aggregator_on_core(&home, 0).await?;
        let recording = self.record(server.process(), folder.path().join("ingest.data"))?;
        let filled = fill_running(server, &dataset).await?;
        let ingest = recording.finish()?;
        let server = filled.server;
        let requests: Vec<_> = queries
            .iter()
            .map(|query| query.request(Kind::WordsNearTag))
            .collect();
        let channels = [server.channel()?, server.channel()?];
        let requests = Arc::new(requests);
        run_concurrently(&channels, Arc::clone(&requests), 8, Until::EachOnce).await?;
        let recording = self.record(server.process(), folder.path().join("search.data"))?;
        let until = Until::Elapsed(Duration::from_secs(self.seconds));
        let per_second = run_concurrently(&channels, requests, 8, until).await?;
        let search = recording.finish()?;
        server.stop()?;
        let mut report = self.report(dataset.records);
        #[expect(clippy::cast_precision_loss, reason = "a rate to three digits")]
        let ingested = dataset.records as f64 / filled.searchable.as_secs_f64();
        report.note(format!(
            "On one core: {ingested:.0} records/s ingested and indexed, {per_second:.0} searches/s."
        ));
        fs::create_dir_all(&self.pictures)?;
        for (name, stacks) in [("ingest", &ingest), ("search", &search)] {
            let picture = self.pictures.join(format!("{name}.svg"));
            fs::write(&picture, flame::draw(&format!("{name}, one core"), stacks))?;
            report.note(format!("Flame graph: `{}`.", picture.display()));
            for (work, share) in shares_of_work(stacks).into_iter().take(8) {
                report.row([name.into(), work.into(), format!("{share:.1} %")]);
            }
        }
        report.publish(paths)
    }

    /// Starts to sample a process.
    fn record(&self, process: Process, file: PathBuf) -> anyhow::Result<Recording> {
        let mut perf = Command::new("perf")
            .args([
                "record",
                "--quiet",
                "--event",
                "cpu-clock",
                "--call-graph",
                "dwarf,16384",
            ])
            .args(["--freq", &self.frequency.to_string()])
            .args(["--pid", &process.0.to_string()])
            .arg("--output")
            .arg(&file)
            .stdin(Stdio::null())
            .spawn()
            .context("cannot start perf: install it with `apt-get install linux-perf`")?;
        // Until it has opened its file, an interrupt would end it without a usable one.
        let began = Instant::now();
        while !fs::metadata(&file).is_ok_and(|file| file.len() > 0) {
            let is_running = perf.try_wait()?.is_none() && began.elapsed() < START;
            ensure!(is_running, "perf did not start to record");
            thread::sleep(Duration::from_millis(10));
        }
        Ok(Recording { perf, file })
    }

    fn report(&self, records: u64) -> Report {
        Report {
            name: "profile".into(),
            title: "Where the time of one core goes".into(),
            command: "tests/load/run profile --write".into(),
            method: format!(
                "The `hedgerow-aggregator` program limited to one core (`taskset`), sampled {} times \
                 per second by `perf` with whole stacks: while {records} records are pushed and \
                 indexed, and during 8 concurrent searches for one word + 10 km + tag. Each sample \
                 counts for the innermost function whose work is known.",
                self.frequency
            ),
            limit: "Shares of the time for which the process ran, without waits for the disk. \
                    Functions that the compiler inlined count for their callers."
                .into(),
            columns: vec!["while", "work", "share"],
            ..Report::default()
        }
    }
}

/// Sampling in progress.
struct Recording {
    perf: std::process::Child,
    file: PathBuf,
}

impl Recording {
    fn finish(mut self) -> anyhow::Result<Stacks> {
        let id = self.perf.id().to_string();
        Command::new("kill").args(["-INT", &id]).status()?;
        self.perf.wait()?;
        progress("reading the samples …");
        read(&self.file)
    }
}

fn read(file: &Path) -> anyhow::Result<Stacks> {
    let output = Command::new("perf")
        .args([
            "script",
            "--no-inline",
            "--fields",
            "comm,ip,sym",
            "--input",
        ])
        .arg(file)
        .output()?;
    ensure!(
        output.status.success(),
        "perf script failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let stacks = flame::fold(&String::from_utf8_lossy(&output.stdout));
    ensure!(!stacks.is_empty(), "perf recorded no sample");
    Ok(stacks)
}

/// The share of each kind of work in percent, the largest first.
fn shares_of_work(stacks: &Stacks) -> Vec<(&'static str, f64)> {
    let mut sums: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut all = 0;
    for (stack, count) in stacks {
        all += count;
        let names = stack.iter().rev();
        let work = names.filter_map(|name| {
            let fits = |(_, marks): &&(&str, &[&str])| marks.iter().any(|mark| name.contains(mark));
            WORK.iter().find(fits).map(|(work, _)| *work)
        });
        // Memory is copied for a caller: it counts as memory only if no caller is known.
        let mut memory = false;
        let mut work = work.filter(|work| {
            memory |= *work == "memory";
            *work != "memory"
        });
        let work = work
            .next()
            .unwrap_or(if memory { "memory" } else { "everything else" });
        *sums.entry(work).or_default() += count;
    }
    #[expect(clippy::cast_precision_loss, reason = "a share to three digits")]
    let mut shares: Vec<_> = sums
        .into_iter()
        .map(|(work, count)| (work, count as f64 * 100.0 / all as f64))
        .collect();
    shares.sort_by(|one, other| other.1.total_cmp(&one.1));
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_counts_for_the_innermost_known_work() {
        let stack = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        let stacks = Stacks::from([
            (
                stack(&["tokio::run", "sqlx::execute", "sqlite3_step", "memcpy"]),
                3,
            ),
            (stack(&["tokio::run", "unknown"]), 1),
        ]);
        assert_eq!(
            shares_of_work(&stacks),
            [("SQLite", 75.0), ("tokio: tasks and timers", 25.0)]
        );
    }
}
