//! Options of every import.

use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Only check, compare and count; publish nothing. Needs no node.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Publish the right rows and leave the wrong ones out. They are listed.
    #[arg(long)]
    pub(super) skip_wrong: bool,
    /// Take back what your group published from the same source and the table no longer has.
    #[arg(long)]
    pub(super) replace: bool,
    /// Confirm that this is meant so, by its reason: for all rows (`looks_like_address`), or
    /// for one by its id or row number (`looks_like_address:17`). Repeatable.
    #[arg(long, value_name = "REASON[:ROW]")]
    pub(super) confirm: Vec<String>,
    /// How long to wait for the aggregators, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub(super) wait: u64,
    /// Print JSON, for programs.
    #[arg(long)]
    pub(super) json: bool,
}
