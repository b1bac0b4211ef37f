//! Where a benchmark reads and writes.

use std::path::PathBuf;

use clap::Args;

/// Options of every benchmark.
#[derive(Debug, Clone, Args)]
pub struct Paths {
    /// The folder of generated groups, kept between runs, and of the servers' data.
    #[arg(long, global = true, default_value = "target/load")]
    pub scratch: PathBuf,
    /// Also writes the result to this file, in place of the benchmark's last result.
    #[arg(long, global = true, value_name = "FILE", num_args = 0..=1, default_missing_value = "docs/PERFORMANCE.md")]
    pub write: Option<PathBuf>,
}
