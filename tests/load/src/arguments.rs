//! What is measured, and at which scale.

use std::path::PathBuf;

use clap::Args;
use clap::Parser;
use clap::Subcommand;

use crate::growth;
use crate::idle;
use crate::ingest;
use crate::latency;
use crate::node;
use crate::profile;
use crate::search;
use crate::search_postgres;

/// Measures Hedgerow on this machine.
#[derive(Debug, Parser)]
#[command(name = "hedgerow-load", version)]
pub struct Arguments {
    #[command(subcommand)]
    benchmark: Benchmark,
    #[command(flatten)]
    place: Place,
}

/// Where things lie.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// Where generated groups are kept between runs, and servers have their folders.
    #[arg(long, global = true, default_value = "target/load")]
    pub scratch: PathBuf,
    /// Puts the result in this file too, in the place of the same benchmark's last one.
    #[arg(long, global = true, value_name = "FILE", num_args = 0..=1, default_missing_value = "docs/PERFORMANCE.md")]
    pub write: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Benchmark {
    /// From a steward's publish to a seeker's hit.
    Latency(latency::Latency),
    /// Records a second, taken over gRPC, and where the time goes.
    Ingest(ingest::Ingest),
    /// Searches over gRPC.
    Search(search::Search),
    /// The same searches, on PostgreSQL with PostGIS.
    SearchPostgres(search_postgres::SearchPostgres),
    /// A node: start, memory, size.
    Node(node::NodeCost),
    /// An aggregator that follows many idle nodes.
    Idle(idle::Idle),
    /// How costs grow with the number of groups.
    Growth(growth::Growth),
    /// Flame graphs of ingest and search on one core.
    Profile(profile::Profile),
}

impl Arguments {
    /// Runs the benchmark.
    pub async fn run(self) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.place.scratch)?;
        let place = self.place;
        match self.benchmark {
            Benchmark::Latency(it) => it.run(&place).await,
            Benchmark::Ingest(it) => it.run(&place).await,
            Benchmark::Search(it) => it.run(&place).await,
            Benchmark::SearchPostgres(it) => it.run(&place).await,
            Benchmark::Node(it) => it.run(&place).await,
            Benchmark::Idle(it) => it.run(&place).await,
            Benchmark::Growth(it) => it.run(&place).await,
            Benchmark::Profile(it) => it.run(&place).await,
        }
    }
}
