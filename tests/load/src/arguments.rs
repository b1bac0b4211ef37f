//! The command line: one subcommand a benchmark, with flags for its scale.

use clap::{Parser, Subcommand};

use crate::paths::Paths;
use crate::{
    growth, hostile, idle, ingest, latency, node, pages, place_memory, profile, restores, search,
    search_postgres,
};

/// Measures Hedgerow on this machine.
#[derive(Debug, Parser)]
#[command(name = "hedgerow-load", version)]
pub struct Arguments {
    #[command(subcommand)]
    benchmark: Benchmark,
    #[command(flatten)]
    paths: Paths,
}

#[derive(Debug, Subcommand)]
enum Benchmark {
    /// From a steward's publish to a seeker's hit.
    Latency(latency::Latency),
    /// Records per second ingested over gRPC, and the time of each stage.
    Ingest(ingest::Ingest),
    /// Searches over gRPC.
    Search(search::Search),
    /// The same searches on PostgreSQL with PostGIS.
    SearchPostgres(search_postgres::SearchPostgres),
    /// Pages of the directory, beside the calls that they are made of.
    Pages(pages::PagesCost),
    /// A node's start, memory and size.
    Node(node::NodeCost),
    /// Memory of an idle node and aggregator, with and without a place pack.
    Places(place_memory::PlaceMemory),
    /// An aggregator that follows many idle nodes.
    Idle(idle::Idle),
    /// Costs that grow with the number of groups.
    Growth(growth::Growth),
    /// Honest use while each known attack runs. Fails if a bound is broken.
    Hostile(hostile::Hostile),
    /// Backups of an aggregator and of a node while records come in, each restored and compared.
    /// Fails if one differs.
    Restores(restores::Restores),
    #[command(hide = true)]
    Attack(hostile::AttackCommand),
    /// Flame graphs of ingest and search on one core.
    Profile(profile::Profile),
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let paths = self.paths;
        std::fs::create_dir_all(&paths.scratch)?;
        match self.benchmark {
            Benchmark::Latency(benchmark) => benchmark.run(&paths).await,
            Benchmark::Ingest(benchmark) => benchmark.run(&paths).await,
            Benchmark::Search(benchmark) => benchmark.run(&paths).await,
            Benchmark::SearchPostgres(benchmark) => benchmark.run(&paths).await,
            Benchmark::Pages(benchmark) => benchmark.run(&paths).await,
            Benchmark::Node(benchmark) => benchmark.run(&paths).await,
            Benchmark::Places(benchmark) => benchmark.run(&paths).await,
            Benchmark::Idle(benchmark) => benchmark.run(&paths).await,
            Benchmark::Growth(benchmark) => benchmark.run(&paths).await,
            Benchmark::Hostile(benchmark) => benchmark.run(&paths).await,
            Benchmark::Restores(benchmark) => benchmark.run(&paths).await,
            Benchmark::Attack(attack) => attack.run().await,
            Benchmark::Profile(benchmark) => benchmark.run(&paths).await,
        }
    }
}
