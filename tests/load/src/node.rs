//! `node`: start time, memory and size of an idle node.

use std::fs;
use std::process::Command;
use std::time::Duration;

use clap::Args;

use crate::paths::Paths;
use crate::process::mib;
use crate::report::Report;
use crate::server::{Server, init_node, program};
use crate::timing::{Times, ms};

#[derive(Debug, Args)]
pub struct NodeCost {
    /// The number of starts.
    #[arg(long, default_value_t = 30)]
    starts: usize,
    /// Idle seconds before the memory is measured.
    #[arg(long, default_value_t = 20)]
    idle_seconds: u64,
}

impl NodeCost {
    pub async fn run(self, paths: &Paths) -> anyhow::Result<()> {
        let folder = tempfile::tempdir_in(&paths.scratch)?;
        let home = folder.path().join("node");
        init_node(&home, None)?;
        let mut times = Vec::new();
        for _ in 0..self.starts {
            let node = Server::node(&home).await?;
            times.push(node.started_in);
            node.stop()?;
        }
        let times = Times::new(times)?;
        let node = Server::node(&home).await?;
        tokio::time::sleep(Duration::from_secs(self.idle_seconds)).await;
        let (memory, cpu) = (node.process().memory(), node.process().cpu());
        node.stop()?;
        let stripped = folder.path().join("stripped");
        fs::copy(program("hedgerow-node")?, &stripped)?;
        let status = Command::new("strip").arg(&stripped).status()?;
        anyhow::ensure!(status.success(), "strip failed");
        let size = fs::metadata(&stripped)?.len();
        let mut report = self.report();
        report.row([
            "start until it serves, p50 / longest".into(),
            format!("**{}** / {}", ms(times.percentile(50)), ms(times.longest())),
            "50 ms".into(),
        ]);
        report.row([
            "idle memory: resident (anonymous)".into(),
            format!("**{}** ({})", mib(memory.resident), mib(memory.anonymous)),
            "20 MiB".into(),
        ]);
        report.row([
            "stripped binary".into(),
            format!("**{:.1} MB**", f64::from(u32::try_from(size)?) / 1e6),
            "20 MB".into(),
        ]);
        report.note(format!(
            "With its start and {} idle seconds, it used one core for {} ms.",
            self.idle_seconds,
            cpu.as_millis()
        ));
        report.publish(paths)
    }

    fn report(&self) -> Report {
        Report {
            name: "node".into(),
            title: "An idle node".into(),
            command: "tests/load/run node --write".into(),
            method: format!(
                "The `hedgerow-node` program with one group. Started {} times: the time until it \
                 responds to a `GetHead` over TLS. Memory after {} idle seconds. The size of the \
                 program after `strip`. Built as a host installs it, with the profile `dist`.",
                self.starts, self.idle_seconds
            ),
            limit: "Warm file caches. Resident memory includes the program's own pages.".into(),
            columns: vec!["what", "figure", "aim"],
            ..Report::default()
        }
    }
}
