//! `node`: start time, memory and size of an idle node.

use std::fs;
use std::process::Command;
use std::time::Duration;

use clap::Args;

use crate::page_client::{PageClient, PageRequest};
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
    /// The number of visits to each page that the first one links to.
    #[arg(long, default_value_t = 50)]
    visits: usize,
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
        let visited = self.visit(&node).await?;
        let with_pages = node.process().memory();
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
            format!("the same after {visited} requests of its pages"),
            format!(
                "**{}** ({})",
                mib(with_pages.resident),
                mib(with_pages.anonymous)
            ),
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

    /// Opens the pages that the first one links to, several times, then waits. Returns the number
    /// of requests.
    async fn visit(&self, node: &Server) -> anyhow::Result<usize> {
        let mut client = PageClient::connect(&node.address).await?;
        let first = PageRequest::get("/");
        let page = client.open(&first).await?;
        let text = String::from_utf8_lossy(&page.body).into_owned();
        let links = text.split("href=\"/").skip(1);
        let paths = links.filter_map(|rest| rest.split(['"', '#']).next());
        let mut requests: Vec<_> = paths
            .map(|path| PageRequest::get(format!("/{path}")))
            .collect();
        requests.push(first);
        requests.sort_by(|one, other| one.path.cmp(&other.path));
        requests.dedup();
        for _ in 0..self.visits {
            for request in &requests {
                // The console's are behind a sign-in.
                client.request(request).await?;
            }
        }
        tokio::time::sleep(Duration::from_secs(self.idle_seconds)).await;
        Ok(self.visits * requests.len() + 1)
    }

    fn report(&self) -> Report {
        Report {
            name: "node".into(),
            title: "An idle node".into(),
            command: "tests/load/run node --write".into(),
            method: format!(
                "The `hedgerow-node` program with one group. Started {} times: the time until it \
                 responds to a `GetHead` over TLS. Memory after {} idle seconds, and again after \
                 visits to the pages that its first page links to and as many seconds. The size of the \
                 program after `strip`. Built as a host installs it, with the profile `dist`.",
                self.starts, self.idle_seconds
            ),
            limit: "Warm file caches. Resident memory includes the program's own pages.".into(),
            columns: vec!["what", "figure", "aim"],
            ..Report::default()
        }
    }
}
