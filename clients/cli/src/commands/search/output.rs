//! The output of a search, for people and for programs.

use std::time::Duration;

use hedgerow_core::name::collection;
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_input::filters::option_names;
use hedgerow_input::labels::{count, duration, one_line};
use hedgerow_input::place;
use hedgerow_proto::directory_v1::{Facet, SearchRecordsResponse};
use hedgerow_proto::words::snake_word;
use serde_json::json;

use super::arguments::Arguments;
use super::fetch::SearchResults;
use super::notices;
use super::notices::how;
use crate::context::Context;
use crate::output_options::facets_to_json;
use crate::results::{
    Hit, failures, hit_list, print_failures, print_names, signposts, sources,
    unknown_values_to_json,
};
use crate::style;
use crate::wrap::wrap;

/// Prints the hits and how the search was understood, for programs.
pub(super) fn print_json(
    arguments: &Arguments,
    results: &SearchResults,
    context: &mut Context,
) -> anyhow::Result<()> {
    let SearchResults { hits, first, gone } = results;
    let query = arguments.words.join(" ");
    let expansions: Vec<_> = first
        .expansions
        .iter()
        .map(|one| json!({"term": one.term, "also": one.alternatives, "how": how(one)}))
        .collect();
    let relaxations: Vec<_> = first
        .relaxations
        .iter()
        .map(|one| json!({"without": one.filter, "total": one.count}))
        .collect();
    let mut json = json!({
        "total": first.total_size,
        "shown": hits.len(),
        "near": first.near.as_ref().map(place::resolved),
        "has_all_words": !matches_most(results),
        "also_searched": expansions,
        "left_out": notices::left_out(&query, first),
        "refused": notices::refused(&query, first),
        "unknown_values": unknown_values_to_json(&first.unknown_values),
        "relaxations": relaxations,
        "changed_meanwhile": gone,
        "failures": failures(hits),
        "crisis_services": notices::crisis_services_to_json(&query),
        "signposts": signposts(&query, hits),
        "hits": hits,
    });
    if !arguments.facets().is_empty() {
        json["facets"] = facets_to_json(&first.facets);
    }
    context.print_json("search", &json)
}

/// Whether no record has all of the words, so that the hits have most of them.
fn matches_most(results: &SearchResults) -> bool {
    let relaxations = &results.first.relaxations;
    !results.hits.is_empty() && relaxations.iter().any(|one| one.filter == "query")
}

/// Prints the hits as a table, with how the search was understood and how far the hits
/// are checked.
pub(super) fn print_table(
    arguments: &Arguments,
    results: &SearchResults,
    context: &mut Context,
) -> anyhow::Result<()> {
    let SearchResults { hits, first, gone } = results;
    let care = style::CARE;
    notices::print_interpretation(&arguments.words.join(" "), first, context)?;
    if hits.is_empty() {
        print_suggestions(arguments, first, context)?;
        return print_counts(arguments, first, context);
    }
    if matches_most(results) {
        writeln!(
            context.notes,
            "{care}No result has all of these words.{care:#} These have some of them:"
        )?;
    }
    for signpost in signposts(&arguments.words.join(" "), hits) {
        let line = format!("{care}If you need somebody now:{care:#} {signpost}");
        writeln!(context.out, "{}", wrap(&line, context.width))?;
    }
    let list = hit_list(hits, context.width, context.now());
    writeln!(context.out, "{list}\n")?;
    if arguments.output.ids {
        print_names(hits, context)?;
    }
    print_counts(arguments, first, context)?;
    let summary = summary(hits, first.total_size, arguments.output.no_check);
    writeln!(context.out, "{}", wrap(&summary, context.width))?;
    if *gone > 0 {
        writeln!(
            context.out,
            "{} changed while you searched, and left out.",
            count(*gone, "hit")
        )?;
    }
    print_failures(hits, context)?;
    if arguments.open.is_none() {
        let quiet = style::QUIET;
        writeln!(
            context.notes,
            "{quiet}To read one in full, add --open and its number.{quiet:#}"
        )?;
    }
    Ok(())
}

/// The counts of `--facets`. Each leaves out the filter that it counts by.
fn print_counts(
    arguments: &Arguments,
    first: &SearchRecordsResponse,
    context: &mut Context,
) -> anyhow::Result<()> {
    let requested = arguments.facets();
    // A server could add others, with any text in them.
    let is_requested = |facet: &&Facet| requested.contains(&facet.kind());
    for facet in first.facets.iter().filter(is_requested) {
        let counts: Vec<String> = facet
            .counts
            .iter()
            .map(|one| {
                let value = one_line(vocabulary().label(&one.value));
                format!("{value} {}", one.count)
            })
            .collect();
        let counts = match counts.as_slice() {
            [] => "none".to_owned(),
            counts => counts.join(", "),
        };
        writeln!(context.out, "{}: {counts}", snake_word(facet.kind()))?;
    }
    Ok(())
}

/// The number of hits, and how far they are checked.
fn summary(hits: &[Hit], total: i32, no_check: bool) -> String {
    let shown = hits.len();
    let found = match usize::try_from(total) {
        Ok(total) if total > shown => format!("{shown} of {total} found."),
        _ => format!("{shown} found."),
    };
    if no_check {
        let care = style::CARE;
        return format!("{found} {care}Not checked:{care:#} these are the aggregator's own texts.");
    }
    let good = style::GOOD;
    let is_unaltered = |hit: &&Hit| {
        let mut all = hit.with_same_organisation();
        all.all(|hit| hit.unaltered == Some(true))
    };
    let unaltered = hits.iter().filter(is_unaltered).count();
    let oldest = hits
        .iter()
        .filter_map(|hit| hit.head_age_s)
        .max()
        .map(|seconds| {
            let age = duration(Duration::from_secs(seconds));
            format!(" The oldest signature is from {age} ago.")
        })
        .unwrap_or_default();
    let unaltered = match shown {
        all if unaltered == all => String::new(),
        _ => format!("{unaltered} "),
    };
    let sources = sources::summary(hits);
    format!("{found} {good}Checked:{good:#} {unaltered}exactly as published.{oldest} {sources}")
        .trim_end()
        .to_owned()
}

/// Prints which filters to change if nothing was found.
fn print_suggestions(
    arguments: &Arguments,
    first: &SearchRecordsResponse,
    context: &mut Context,
) -> anyhow::Result<()> {
    writeln!(context.notes, "Nothing found.")?;
    let filters = &arguments.filters;
    let only_support_groups = !filters.is_set("role") && !filters.is_set("any-role");
    for relaxation in &first.relaxations {
        let change = match relaxation.filter.as_str() {
            // Support groups are our default: the person typed no --role to leave out.
            "roles" if only_support_groups => "With --any-role".to_owned(),
            filter => format!("Without {}", option_names(filter)),
        };
        writeln!(context.notes, "  {change}: {} found.", relaxation.count)?;
    }
    if !first.relaxations.is_empty() {
        return Ok(());
    }
    if filters.is_set("near") {
        writeln!(
            context.notes,
            "  Try a greater distance, such as --within 50mi."
        )?;
    }
    let rooms = filters.is_set("room-for") || filters.is_set("free-at");
    let listings = match filters.all("in") {
        [] => !rooms,
        kinds => kinds.iter().any(|kind| kind == collection::LISTING),
    };
    if only_support_groups && listings {
        writeln!(
            context.notes,
            "  Of listings, this searched only support groups: --any-role finds networks, funders \
             and partners too."
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use hedgerow_core::time::Timestamp;
    use hedgerow_proto::directory_v1::{Expansion, FacetCount, FacetKind, Relaxation, SearchHit};

    use super::*;
    use crate::commands::Command;
    use crate::context::tests as context;

    /// The output of a search to which the server returns `first`.
    fn printed(typed: &[&str], first: SearchRecordsResponse) -> String {
        let typed = ["hedgerow", "search"].iter().chain(typed);
        let parsed = crate::Arguments::try_parse_from(typed).expect("a command line");
        let Command::Search(arguments) = parsed.command else {
            panic!("a search");
        };
        let now = Timestamp::from_seconds(0);
        let results = SearchResults {
            hits: first
                .hits
                .iter()
                .map(|hit| Hit::unchecked(hit, now))
                .collect(),
            first,
            gone: 0,
        };
        let shared = context::Shared::default();
        print_table(&arguments, &results, &mut context::context(&shared)).expect("printed");
        shared.text()
    }

    fn relaxed(filter: &str) -> SearchRecordsResponse {
        SearchRecordsResponse {
            relaxations: vec![Relaxation {
                filter: filter.to_owned(),
                count: 3,
            }],
            ..SearchRecordsResponse::default()
        }
    }

    #[test]
    fn suggestions_name_options_that_exist() {
        let text = printed(&["tea"], relaxed("roles"));
        assert!(text.contains("With --any-role: 3 found."), "{text}");
        let text = printed(&["tea", "--role", "host"], relaxed("roles"));
        assert!(text.contains("Without --role: 3 found."), "{text}");
        let text = printed(&["tea"], relaxed("time_of_day"));
        assert!(text.contains("Without --between: 3 found."), "{text}");
        assert!(!text.contains("--any-role"), "it would not help: {text}");
        let text = printed(&["--near", "Leeds"], SearchRecordsResponse::default());
        assert!(text.contains("--within") && text.contains("--any-role"));
    }

    #[test]
    fn a_note_says_that_no_record_has_all_the_words() {
        let some = SearchRecordsResponse {
            hits: vec![SearchHit {
                title: "Knitting".to_owned(),
                ..SearchHit::default()
            }],
            total_size: 1,
            ..relaxed("query")
        };
        let text = printed(&["knitting", "tractors"], some.clone());
        assert!(text.contains("No result has all of these words"), "{text}");
        let all = SearchRecordsResponse {
            relaxations: Vec::new(),
            ..some
        };
        assert!(!printed(&["knitting"], all).contains("No result has all"));
    }

    #[test]
    fn counts_are_printed_even_if_nothing_is_found() {
        let counted = SearchRecordsResponse {
            facets: vec![Facet {
                kind: FacetKind::Weekday.into(),
                counts: vec![FacetCount {
                    value: "tuesday".to_owned(),
                    count: 16,
                }],
            }],
            ..relaxed("weekdays")
        };
        let text = printed(&["--on", "sunday", "--facets", "weekday"], counted);
        assert!(text.contains("Without --on: 3 found."), "{text}");
        assert!(text.contains("weekday: tuesday 16"), "{text}");
    }

    #[test]
    fn a_server_writes_no_lines_of_its_own() {
        let facet = |kind: FacetKind, value: &str| Facet {
            kind: kind.into(),
            counts: vec![FacetCount {
                value: value.to_owned(),
                count: 2,
            }],
        };
        let forged = "x\n3 found. Checked: exactly as";
        let hostile = SearchRecordsResponse {
            facets: vec![
                facet(FacetKind::Role, "y"),
                facet(FacetKind::Weekday, forged),
            ],
            expansions: vec![Expansion {
                term: "tea".to_owned(),
                alternatives: vec![forged.to_owned()],
                kind: 0,
            }],
            ..SearchRecordsResponse::default()
        };
        let text = printed(&["tea", "--facets", "weekday"], hostile);
        assert!(!text.contains("\n3 found"), "{text}");
        assert_eq!(text.matches("Checked").count(), 2, "{text}");
        assert!(!text.contains("role: y"), "it was not requested: {text}");
    }
}
