//! `hedgerow coverage`.

use clap::Args;
use clap::ValueEnum;
use comfy_table::Cell;
use comfy_table::CellAlignment;
use comfy_table::ContentArrangement;
use comfy_table::Table;
use comfy_table::presets;
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_proto::v1;
use serde_json::Value;
use serde_json::json;

use crate::Context;
use crate::Exit;
use crate::answer::facets_to_json;
use crate::context::style;

/// Values told of one facet.
const MOST_VALUES: usize = 5;

/// Counts listings by region, beside what the report of 2013 counted without naming.
///
/// Counts are the aggregator's word: nobody signs them.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Whose regions: mind-2013, as the report of 2013 groups them, or ons.
    #[arg(long, value_name = "SCHEME", default_value = "mind-2013")]
    by: String,
    /// What to count in each region. Repeatable.
    #[arg(long, value_name = "WHAT")]
    count: Vec<What>,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
}

/// What can be counted in a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Community,
    Approach,
    Experience,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let request = v1::CoverageRequest {
        scheme: arguments.by.clone(),
        facets: arguments
            .count
            .iter()
            .map(|what| what.name().to_owned())
            .collect(),
        ..v1::CoverageRequest::default()
    };
    let answer = context.directory()?.coverage(request).await?;
    let answer = answer.take_the_servers_word();
    if arguments.json {
        serde_json::to_writer_pretty(&mut context.out, &to_json(&answer))?;
        writeln!(context.out)?;
    } else {
        people(&answer, context)?;
    }
    Ok(if answer.total == 0 {
        Exit::NothingFound
    } else {
        Exit::Done
    })
}

fn to_json(answer: &v1::CoverageResponse) -> Value {
    let earlier = |counts: &[v1::EarlierCount]| -> Vec<Value> {
        counts
            .iter()
            .map(|one| {
                json!({"kind": one.kind, "label": one.label, "low": one.low, "high": one.high,
                    "words": one.words})
            })
            .collect()
    };
    let regions: Vec<Value> = answer
        .regions
        .iter()
        .map(|one| {
            json!({"region": one.region, "listings": one.listings,
                "own_listings": one.own_listings, "facets": facets_to_json(&one.facets),
                "counted_before": earlier(&one.counted_before)})
        })
        .collect();
    let source = answer
        .source
        .as_ref()
        .map(|source| json!({"title": source.title, "year": source.year, "note": source.note}));
    json!({"scheme": answer.scheme, "total": answer.total, "elsewhere": answer.elsewhere,
        "regions": regions, "source": source,
        "counted_nationally": earlier(&answer.counted_nationally)})
}

fn people(answer: &v1::CoverageResponse, context: &mut Context) -> anyhow::Result<()> {
    let mut header = vec!["Region", "Listings", "Own", "Most frequent"];
    let counted = answer
        .source
        .as_ref()
        .map(|it| format!("Counted in {}, not named", it.year));
    header.extend(counted.as_deref());
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(context.width)
        .set_header(header);
    let number = |count: u64| Cell::new(count).set_alignment(CellAlignment::Right);
    for one in &answer.regions {
        let mut row = vec![
            Cell::new(&one.region),
            number(one.listings),
            number(one.own_listings),
            Cell::new(frequent(&one.facets)),
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
        "{} listings in all; {} of them in no region of “{}”, or without saying, or hidden. One \
         in several regions counts in each.",
        answer.total, answer.elsewhere, answer.scheme
    )?;
    if let Some(source) = &answer.source {
        let quiet = style::QUIET;
        writeln!(
            context.out,
            "{quiet}“{}”, {}. {}{quiet:#}",
            source.title, source.year, source.note
        )?;
    }
    Ok(())
}

fn frequent(facets: &[v1::Facet]) -> String {
    let lines = facets
        .iter()
        .filter(|facet| !facet.counts.is_empty())
        .map(|facet| {
            let counts = facet.counts.iter().take(MOST_VALUES);
            let counts: Vec<String> = counts
                .map(|one| format!("{} {}", vocabulary().label(&one.value), one.count))
                .collect();
            format!("{}: {}", facet.name, counts.join(", "))
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// A count as its source puts it.
fn earlier(count: &v1::EarlierCount) -> String {
    let number = match (count.words.as_str(), count.high) {
        ("", Some(high)) if high != count.low => format!("{}-{high}", count.low),
        ("", Some(_)) => count.low.to_string(),
        ("", None) => format!("at least {}", count.low),
        (words, _) => words.to_owned(),
    };
    format!("{}: {number}", count.label)
}

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::Community => "community",
            Self::Approach => "approach",
            Self::Experience => "experience",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_told_as_its_source_puts_it() {
        let count = |low, high, words: &str| v1::EarlierCount {
            label: "groups".to_owned(),
            low,
            high,
            words: words.to_owned(),
            ..v1::EarlierCount::default()
        };
        assert_eq!(earlier(&count(3, Some(3), "")), "groups: 3");
        assert_eq!(
            earlier(&count(15, Some(16), "15-16 (estimate)")),
            "groups: 15-16 (estimate)"
        );
        assert_eq!(earlier(&count(7, None, "")), "groups: at least 7");
    }
}
