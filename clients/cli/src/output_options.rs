//! Options of commands that print results: their number and their form.

use clap::Args;
use hedgerow_proto::directory_v1::Facet;
use hedgerow_proto::words::snake_word;
use serde_json::{Map, Value};

/// The heading of these options in a command's help.
pub const OUTPUT: &str = "Output";

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = OUTPUT)]
pub struct OutputOptions {
    /// How many results, at most.
    #[arg(long, value_name = "NUMBER", default_value_t = 20,
        value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub limit: u32,
    /// Print JSON, for programs.
    #[arg(long)]
    pub json: bool,
    /// Do not check: faster, but then everything is the aggregator's word alone.
    #[arg(long)]
    pub no_check: bool,
    /// Print the name of each result, for `hedgerow show`.
    #[arg(long, conflicts_with = "json")]
    pub ids: bool,
}

/// The size of the next page, of which this many results are still wanted. Aggregators
/// return at most 100.
pub fn page_size(missing: usize) -> i32 {
    i32::try_from(missing.min(100)).unwrap_or(100)
}

/// Counts as JSON: an object for each facet, with a count for each value.
pub fn facets_to_json(facets: &[Facet]) -> Value {
    let counts = |facet: &Facet| -> Value {
        let counts = facet.counts.iter();
        let counts: Map<_, _> = counts
            .map(|one| (one.value.clone(), one.count.into()))
            .collect();
        counts.into()
    };
    let facets = facets.iter();
    let facets: Map<_, _> = facets
        .map(|facet| (snake_word(facet.kind()), counts(facet)))
        .collect();
    facets.into()
}
