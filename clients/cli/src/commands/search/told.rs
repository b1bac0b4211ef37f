//! What a search prints, for people and for programs.

use std::time::Duration;

use hedgerow_core::vocabulary::vocabulary;
use hedgerow_proto::v1;
use serde_json::json;

use super::Answer;
use super::Arguments;
use super::Kind;
use crate::Context;
use crate::answer::facets_to_json;
use crate::context::style;
use crate::filters::option_of;
use crate::found::Finding;
use crate::found::sources;
use crate::found::table;
use crate::near;
use crate::wording::count;
use crate::wording::length;
use crate::wording::one_line;

/// The hits as a list; with counts, where those were asked for, as an object.
pub(super) fn to_programs(
    arguments: &Arguments,
    answer: &Answer,
    context: &mut Context,
) -> anyhow::Result<()> {
    if arguments.facets.is_empty() {
        serde_json::to_writer_pretty(&mut context.out, &answer.findings)?;
    } else {
        let facets = facets_to_json(&answer.first.facets);
        let all = json!({"hits": answer.findings, "total": answer.first.total, "facets": facets});
        serde_json::to_writer_pretty(&mut context.out, &all)?;
    }
    writeln!(context.out)?;
    Ok(())
}

/// The hits as a table, with what to know about them.
pub(super) fn to_people(
    arguments: &Arguments,
    answer: &Answer,
    context: &mut Context,
) -> anyhow::Result<()> {
    let Answer {
        findings,
        first,
        gone,
    } = answer;
    how_it_was_taken(first, context)?;
    if findings.is_empty() {
        nothing(arguments, first, context)?;
        return counts(arguments, first, context);
    }
    if first.loosenings.iter().any(|one| one.filter == "query") {
        let care = style::CARE;
        writeln!(
            context.notes,
            "{care}Nothing has all of these words:{care:#} this has most of them."
        )?;
    }
    writeln!(context.out, "{}", table(findings, context.width))?;
    if arguments.answer.ids {
        for (index, finding) in findings.iter().enumerate() {
            writeln!(context.out, "{:>3}  {}", index + 1, finding.address())?;
        }
    }
    counts(arguments, first, context)?;
    writeln!(
        context.out,
        "{}",
        summary(findings, first.total, arguments.answer.no_check)
    )?;
    if *gone > 0 {
        writeln!(
            context.out,
            "{} changed while you searched, and left out.",
            count(*gone, "hit")
        )?;
    }
    failures(findings, context)?;
    if arguments.open.is_none() {
        let quiet = style::QUIET;
        writeln!(
            context.notes,
            "{quiet}To read one in full, add --open and its number.{quiet:#}"
        )?;
    }
    Ok(())
}

/// Which place was meant, and to what words were widened.
fn how_it_was_taken(first: &v1::SearchResponse, context: &mut Context) -> anyhow::Result<()> {
    let quiet = style::QUIET;
    if let Some(place) = &first.near {
        writeln!(context.notes, "{quiet}{}{quiet:#}", near::resolved(place))?;
    }
    for widening in &first.widenings {
        let asked = vocabulary().label(&widening.asked);
        let also = one_line(&widening.also.join(", "));
        writeln!(
            context.notes,
            "{quiet}“{asked}” finds these too: {also}{quiet:#}"
        )?;
    }
    Ok(())
}

/// The counts that were asked for: each without the filter that it is about.
fn counts(
    arguments: &Arguments,
    first: &v1::SearchResponse,
    context: &mut Context,
) -> anyhow::Result<()> {
    // No others: a server must not write what it likes below its answer.
    let asked = |facet: &&v1::Facet| arguments.facets.contains(&facet.name);
    for facet in first.facets.iter().filter(asked) {
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
        writeln!(context.out, "{}: {counts}", facet.name)?;
    }
    Ok(())
}

fn summary(findings: &[Finding], total: u64, no_check: bool) -> String {
    let shown = match findings.len() {
        shown if shown as u64 >= total => format!("{shown} found."),
        shown => format!("{shown} of {total} found."),
    };
    if no_check {
        let care = style::CARE;
        return format!("{shown} {care}Not checked:{care:#} all of this is the aggregator's word.");
    }
    let good = style::GOOD;
    let unaltered = findings
        .iter()
        .filter(|finding| finding.unaltered == Some(true))
        .count();
    let oldest = findings
        .iter()
        .filter_map(|finding| finding.head_age_s)
        .max()
        .map(|seconds| {
            let age = length(Duration::from_secs(seconds));
            format!(" The oldest signature is from {age} ago.")
        })
        .unwrap_or_default();
    let unaltered = match findings.len() {
        1 if unaltered == 1 => "it is".to_owned(),
        all if unaltered == all => "all are".to_owned(),
        _ => format!("{unaltered} are"),
    };
    let agreement = sources::sentence(findings);
    format!(
        "{shown} {good}Unaltered:{good:#} {unaltered} as the publisher's key signed.{oldest} \
         {agreement}"
    )
    .trim_end()
    .to_owned()
}

fn failures(findings: &[Finding], context: &mut Context) -> anyhow::Result<()> {
    for finding in findings.iter().filter(|finding| finding.has_failed()) {
        let bad = style::BAD;
        let reason = finding.check_error.as_deref().unwrap_or_default();
        writeln!(
            context.out,
            "{bad}Not as published:{bad:#} {} ({reason}). Do not rely on it.",
            one_line(&finding.title)
        )?;
    }
    Ok(())
}

/// What to do where nothing was found.
fn nothing(
    arguments: &Arguments,
    first: &v1::SearchResponse,
    context: &mut Context,
) -> anyhow::Result<()> {
    writeln!(context.notes, "Nothing found.")?;
    let only_groups = arguments.role.is_empty() && !arguments.any_role;
    for loosening in &first.loosenings {
        let instead = match loosening.filter.as_str() {
            // Nobody typed it: where no role is named, one is meant.
            "roles" if only_groups => "With --any-role".to_owned(),
            filter => format!("Without {}", option_of(filter)),
        };
        writeln!(context.notes, "  {instead}: {} found.", loosening.count)?;
    }
    if !first.loosenings.is_empty() {
        return Ok(());
    }
    if arguments.near.is_some() {
        writeln!(
            context.notes,
            "  Try a greater distance, such as --within 50mi."
        )?;
    }
    let rooms = arguments.things.room_for.is_some() || arguments.things.free_at.is_some();
    let listings = match arguments.kinds.as_slice() {
        [] => !rooms,
        kinds => kinds.contains(&Kind::Listing),
    };
    if only_groups && listings {
        writeln!(
            context.notes,
            "  Only support groups were looked for among listings: --any-role finds networks, \
             funders and partners too."
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::commands::Command;
    use crate::context::tests as context;

    /// What is printed where a search like this is answered so.
    fn printed(typed: &[&str], first: v1::SearchResponse) -> String {
        let typed = ["hedgerow", "search"].iter().chain(typed);
        let parsed = crate::Arguments::try_parse_from(typed).expect("a command line");
        let Command::Search(arguments) = parsed.command else {
            panic!("a search");
        };
        let now = hedgerow_core::time::Timestamp::from_seconds(0);
        let answer = Answer {
            findings: first
                .hits
                .iter()
                .map(|hit| Finding::unchecked(hit, now))
                .collect(),
            first,
            gone: 0,
        };
        let shared = context::Shared::default();
        to_people(&arguments, &answer, &mut context::context(&shared)).expect("printed");
        shared.text()
    }

    fn loosened(filter: &str) -> v1::SearchResponse {
        v1::SearchResponse {
            loosenings: vec![v1::Loosening {
                filter: filter.to_owned(),
                count: 3,
            }],
            ..v1::SearchResponse::default()
        }
    }

    #[test]
    fn what_to_change_is_said_in_the_options_that_there_are() {
        let text = printed(&["tea"], loosened("roles"));
        assert!(text.contains("With --any-role: 3 found."), "{text}");
        let text = printed(&["tea", "--role", "host"], loosened("roles"));
        assert!(text.contains("Without --role: 3 found."), "{text}");
        let text = printed(&["tea"], loosened("time_of_day"));
        assert!(text.contains("Without --between: 3 found."), "{text}");
        assert!(!text.contains("--any-role"), "it would not help: {text}");
        let text = printed(&["--near", "Leeds"], v1::SearchResponse::default());
        assert!(text.contains("--within") && text.contains("--any-role"));
    }

    #[test]
    fn that_no_record_has_all_the_words_is_said_above_those_that_have_some() {
        let some = v1::SearchResponse {
            hits: vec![v1::SearchHit {
                title: "Knitting".to_owned(),
                ..v1::SearchHit::default()
            }],
            total: 1,
            ..loosened("query")
        };
        let text = printed(&["knitting", "tractors"], some.clone());
        assert!(text.contains("Nothing has all of these words"), "{text}");
        let all = v1::SearchResponse {
            loosenings: Vec::new(),
            ..some
        };
        assert!(!printed(&["knitting"], all).contains("Nothing has all"));
    }

    #[test]
    fn counts_are_told_where_nothing_is_found_too() {
        let counted = v1::SearchResponse {
            facets: vec![v1::Facet {
                name: "weekday".to_owned(),
                counts: vec![v1::FacetCount {
                    value: "tuesday".to_owned(),
                    count: 16,
                }],
            }],
            ..loosened("weekdays")
        };
        let text = printed(&["--on", "sunday", "--facets", "weekday"], counted);
        assert!(text.contains("Without --on: 3 found."), "{text}");
        assert!(text.contains("weekday: tuesday 16"), "{text}");
    }

    #[test]
    fn a_server_writes_no_lines_of_its_own() {
        let facet = |name: &str, value: &str| v1::Facet {
            name: name.to_owned(),
            counts: vec![v1::FacetCount {
                value: value.to_owned(),
                count: 2,
            }],
        };
        let forged = "x\n3 found. Unaltered: all are";
        let hostile = v1::SearchResponse {
            facets: vec![facet(forged, "y"), facet("weekday", forged)],
            widenings: vec![v1::Widening {
                asked: "tea".to_owned(),
                also: vec![forged.to_owned()],
            }],
            ..v1::SearchResponse::default()
        };
        let text = printed(&["tea", "--facets", "weekday"], hostile);
        assert!(!text.contains("\n3 found"), "{text}");
        assert_eq!(text.matches("Unaltered").count(), 2, "{text}");
    }
}
