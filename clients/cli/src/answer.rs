//! How much is told of what was found, and in which form: options that commands share.

use clap::Args;
use hedgerow_proto::v1;
use serde_json::Map;
use serde_json::Value;

/// The heading of such options in a command's help.
pub const ANSWER: &str = "The answer";

/// How much is told, and in which form.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = ANSWER)]
pub struct AnswerOptions {
    /// How many, at most.
    #[arg(long, value_name = "NUMBER", default_value_t = 20,
        value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub limit: u32,
    /// Print JSON, for programs.
    #[arg(long)]
    pub json: bool,
    /// Do not check: faster, and everything is then the aggregator's word alone.
    #[arg(long)]
    pub no_check: bool,
    /// Print how each one is named, for `hedgerow show`.
    #[arg(long, conflicts_with = "json")]
    pub ids: bool,
}

/// Counts for programs: an object for each facet, with a count for each value.
pub fn facets_to_json(facets: &[v1::Facet]) -> Value {
    let counts = |facet: &v1::Facet| -> Value {
        let counts = facet.counts.iter();
        let counts: Map<_, _> = counts
            .map(|one| (one.value.clone(), one.count.into()))
            .collect();
        counts.into()
    };
    let facets = facets.iter();
    let facets: Map<_, _> = facets
        .map(|facet| (facet.name.clone(), counts(facet)))
        .collect();
    facets.into()
}
