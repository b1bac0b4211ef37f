//! `hedgerow coverage`.

use clap::{Args, ValueEnum};
use comfy_table::Cell;
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_input::labels;
use hedgerow_proto::directory_v1::{
    EarlierCount, Facet, FacetKind, GetCoverageRequest, GetCoverageResponse,
};
use hedgerow_proto::words::snake_word;
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Exit;
use crate::output_options::facets_to_json;
use crate::results::{new_table, number_cell};
use crate::style;

/// Printed values of one facet. JSON has all.
const MAX_VALUES: usize = 5;

/// Counts listings by region, next to the groups that the report of 2013 counted without
/// naming them.
///
/// Counts are the aggregator's word: they are not signed.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Whose regions: mind-2013, as the report of 2013 groups them, ons, or council.
    #[arg(long, value_name = "SCHEME", default_value = "mind-2013")]
    by: String,
    /// What to count in each region. Repeatable.
    #[arg(long, value_name = "WHAT")]
    count: Vec<Facets>,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
}

/// The facets that aggregators count by region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Facets {
    Community,
    Approach,
    Experience,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let request = GetCoverageRequest {
        scheme: arguments.by.clone(),
        facets: arguments
            .count
            .iter()
            .map(|facet| FacetKind::from(*facet).into())
            .collect(),
        ..GetCoverageRequest::default()
    };
    let response = context.directory()?.get_coverage(request).await?;
    let response = response.into_claimed();
    if arguments.json {
        context.print_json("coverage", &to_json(&response))?;
    } else {
        print_table(&response, context)?;
    }
    Ok(Exit::of_results(response.total > 0, false))
}

fn to_json(response: &GetCoverageResponse) -> Value {
    let earlier = |counts: &[EarlierCount]| -> Vec<Value> {
        counts
            .iter()
            .map(|one| {
                json!({"kind": one.kind, "label": one.label, "low": one.low, "high": one.high,
                    "words": one.words})
            })
            .collect()
    };
    let regions: Vec<Value> = response
        .regions
        .iter()
        .map(|one| {
            json!({"region": one.region, "listings": one.listings,
                "own_listings": one.own_listings, "facets": facets_to_json(&one.facets),
                "counted_before": earlier(&one.counted_before)})
        })
        .collect();
    let source = response
        .source
        .as_ref()
        .map(|source| json!({"title": source.title, "year": source.year, "note": source.note}));
    json!({"scheme": response.scheme, "total": response.total, "elsewhere": response.elsewhere,
        "regions": regions, "source": source,
        "counted_nationally": earlier(&response.counted_nationally)})
}

fn print_table(response: &GetCoverageResponse, context: &mut Context) -> anyhow::Result<()> {
    let mut header = vec!["Region", "Listings", "Own", "Most frequent"];
    let counted = response
        .source
        .as_ref()
        .map(|it| format!("Counted in {}, not named", it.year));
    header.extend(counted.as_deref());
    let mut table = new_table(&header, context.width);
    for one in &response.regions {
        let mut row = vec![
            Cell::new(&one.region),
            number_cell(one.listings),
            number_cell(one.own_listings),
            Cell::new(most_frequent(&one.facets)),
        ];
        if counted.is_some() {
            let lines: Vec<String> = one.counted_before.iter().map(earlier).collect();
            row.push(Cell::new(lines.join("\n")));
        }
        table.add_row(row);
    }
    writeln!(context.out, "{}", table.trim_fmt())?;
    writeln!(
        context.out,
        "{} in all; {} of them in no region of “{}”, without a region, or hidden. A listing in \
         several regions counts in each.",
        labels::count(response.total, "listing"),
        response.elsewhere,
        response.scheme
    )?;
    if let Some(source) = &response.source {
        let quiet = style::QUIET;
        writeln!(
            context.out,
            "{quiet}“{}”, {}. {}{quiet:#}",
            source.title, source.year, source.note
        )?;
    }
    Ok(())
}

fn most_frequent(facets: &[Facet]) -> String {
    let lines = facets
        .iter()
        .filter(|facet| !facet.counts.is_empty())
        .map(|facet| {
            let counts = facet.counts.iter().take(MAX_VALUES);
            let counts: Vec<String> = counts
                .map(|one| format!("{} {}", vocabulary().label(&one.value), one.count))
                .collect();
            format!("{}: {}", snake_word(facet.kind()), counts.join(", "))
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// A count in the words of its source, if it has any.
fn earlier(count: &EarlierCount) -> String {
    let number = match (count.words.as_str(), count.high) {
        ("", Some(high)) if high != count.low => format!("{}-{high}", count.low),
        ("", Some(_)) => count.low.to_string(),
        ("", None) => format!("at least {}", count.low),
        (words, _) => words.to_owned(),
    };
    format!("{}: {number}", count.label)
}

impl From<Facets> for FacetKind {
    fn from(facet: Facets) -> Self {
        match facet {
            Facets::Community => Self::Community,
            Facets::Approach => Self::Approach,
            Facets::Experience => Self::Experience,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_printed_as_its_source_puts_it() {
        let count = |low, high, words: &str| EarlierCount {
            label: "groups".to_owned(),
            low,
            high,
            words: words.to_owned(),
            ..EarlierCount::default()
        };
        assert_eq!(earlier(&count(3, Some(3), "")), "groups: 3");
        assert_eq!(
            earlier(&count(15, Some(16), "15-16 (estimate)")),
            "groups: 15-16 (estimate)"
        );
        assert_eq!(earlier(&count(7, None, "")), "groups: at least 7");
    }
}
