//! Options of `hedgerow search`.

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use hedgerow_proto::directory_v1::{FacetKind, SearchOrder};
use hedgerow_proto::words::{snake_word, values};

use crate::filter_options::SearchFilters;
use crate::output_options::{OUTPUT, OutputOptions};

/// Finds what groups publish. Every hit is fetched and checked.
///
/// Without --in and --role it finds support groups, and events, offers and needs.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hedgerow search hearing voices --near Manchester --within 10mi
  hedgerow search --in event --near \"Newport, Wales\" --order distance
  hedgerow search depression --who women --near Sheffield --on weekday --between evening
  hedgerow search --room-for 12 --step-free --free-at \"thursday 19:00\" --near Leeds
  hedgerow search room --in offer --near LS6 --json

Nobody logs or keeps what you search for. A full postcode is cut to its district
before it is sent, among the words too.")]
pub struct Arguments {
    /// Words to find.
    pub(super) words: Vec<String>,
    #[command(flatten)]
    pub(super) filters: SearchFilters,
    /// What comes first.
    #[arg(
        long,
        value_name = "ORDER",
        default_value = "relevance",
        help_heading = OUTPUT
    )]
    pub(super) order: Order,
    /// Count the hits by these, separated by commas.
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        value_parser = PossibleValuesParser::new(values::<FacetKind>().map(snake_word)),
        help_heading = OUTPUT
    )]
    facets: Vec<String>,
    #[command(flatten)]
    pub(super) output: OutputOptions,
    /// Show this hit in full, by its number in the table.
    #[arg(
        long,
        value_name = "NUMBER",
        conflicts_with_all = ["json", "no_check"],
        help_heading = OUTPUT
    )]
    pub(super) open: Option<usize>,
}

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Order {
    Relevance,
    Distance,
    NextTime,
}

impl Arguments {
    /// The facets to count, in the order of the protocol.
    pub(super) fn facets(&self) -> Vec<FacetKind> {
        values()
            .filter(|kind| self.facets.contains(&snake_word(*kind)))
            .collect()
    }
}

impl From<Order> for SearchOrder {
    fn from(order: Order) -> Self {
        match order {
            Order::Relevance => Self::Relevance,
            Order::Distance => Self::Distance,
            Order::NextTime => Self::NextTime,
        }
    }
}
