//! `hedgerow matches`.

use clap::Args;
use comfy_table::Cell;
use hedgerow_client::Directory;
use hedgerow_core::name::{RecordName, collection};
use hedgerow_core::time::Timestamp;
use hedgerow_input::labels::count;
use hedgerow_input::{labels, place};
use hedgerow_proto::directory_v1::{ListMatchesRequest, MatchAspect};
use hedgerow_proto::words::snake_word;
use serde::{Serialize, Serializer};
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::output_options::page_size;
use crate::results::{
    Hit, failures, new_table, number_cell, place_cell, print_failures, print_names, sources,
};
use crate::usage::Usage;
use crate::{names, progress, style};

/// Finds offers that fit a need, or needs that an offer fits.
///
/// Every record is fetched and checked. Why it fits is the aggregator's word, and so is
/// what the two groups still have to settle.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hedgerow search --in need --near Leeds --ids
  hedgerow matches GROUP/need/KEY

The first prints how each need is named, for the second.")]
pub struct Arguments {
    /// The offer or need.
    #[arg(value_name = "GROUP/KIND/KEY")]
    name: String,
    /// How far apart, if the need does not say: 20mi or 30km (30km by default).
    #[arg(long, value_name = "DISTANCE")]
    within: Option<String>,
    /// How many matches, at most.
    #[arg(long, value_name = "NUMBER", default_value_t = 20,
        value_parser = clap::value_parser!(u32).range(1..=400))]
    limit: u32,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
    /// Print the name of each record, for `hedgerow show`.
    #[arg(long, conflicts_with = "json")]
    ids: bool,
}

/// One match. Serialised, it is an object of `matches --json`.
#[derive(Debug, Serialize)]
struct Match {
    #[serde(serialize_with = "serialize_aspects")]
    fits: Vec<MatchAspect>,
    /// On which a record says nothing, so that people have to ask.
    #[serde(serialize_with = "serialize_aspects")]
    unknown: Vec<MatchAspect>,
    #[serde(flatten)]
    hit: Hit,
}

fn serialize_aspects<S: Serializer>(aspects: &[MatchAspect], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(aspects.iter().map(|aspect| snake_word(*aspect)))
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let (group, record) = names::parse(&arguments.name)?;
    let name = record.ok_or_else(|| {
        Usage("name the offer or need: GROUP/offer/KEY or GROUP/need/KEY".to_owned())
    })?;
    let within = arguments.within.as_deref().map(place::distance);
    let request = ListMatchesRequest {
        group_id: group.to_vec(),
        collection: name.collection.as_str().to_owned(),
        key: name.key.as_str().to_owned(),
        max_distance_m: within.transpose().map_err(Usage::from)?.unwrap_or_default(),
        ..ListMatchesRequest::default()
    };
    let directory = context.directory()?;
    let spinner = progress::spinner(context, "comparing and checking");
    let fetched = fetch(&directory, request, arguments.limit as usize, context.now()).await;
    spinner.finish_and_clear();
    let (matches, is_complete) = fetched?;
    sources::warn_of_unresponsive(
        sources::evidence_of(matches.iter().map(|one| &one.hit)),
        context,
    )?;
    if arguments.json {
        let failures = failures(matches.iter().map(|one| &one.hit));
        let json = json!({
            "shown": matches.len(),
            "all_compared": is_complete,
            "failures": failures,
            "matches": matches,
        });
        context.print_json("matches", &json)?;
    } else if matches.is_empty() {
        writeln!(context.notes, "Nothing published here fits.")?;
    } else {
        print_table(&arguments, &matches, context)?;
    }
    if !is_complete {
        let (care, other) = (style::CARE, other_side(&name));
        writeln!(
            context.notes,
            "{care}Only the nearest were compared, and more may fit:{care:#} `hedgerow search --in \
             {other} --near PLACE` finds them all."
        )?;
    }
    let has_failed = matches.iter().any(|one| one.hit.has_failed());
    Ok(Exit::of_results(!matches.is_empty(), has_failed))
}

/// Fetches page after page up to the limit, and whether the server compared every record.
async fn fetch(
    directory: &Directory,
    mut request: ListMatchesRequest,
    limit: usize,
    now: Timestamp,
) -> anyhow::Result<(Vec<Match>, bool)> {
    let mut matches: Vec<Match> = Vec::new();
    let mut is_complete = true;
    loop {
        request.page_size = page_size(limit - matches.len());
        let page = directory.list_matches(request.clone()).await?;
        is_complete &= !page.more_not_compared;
        matches.extend(page.matches.into_iter().filter_map(|one| {
            let claim = one.fit.into_claimed();
            Some(Match {
                fits: claim.fits().collect(),
                unknown: claim.unknown().collect(),
                hit: Hit::checked(one.result, now)?,
            })
        }));
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() || matches.len() >= limit {
            matches.truncate(limit);
            return Ok((matches, is_complete));
        }
    }
}

/// The kind of record that a match of this one has.
fn other_side(name: &RecordName) -> &'static str {
    match name.collection.as_str() {
        collection::NEED => collection::OFFER,
        _ => collection::NEED,
    }
}

fn print_table(
    arguments: &Arguments,
    matches: &[Match],
    context: &mut Context,
) -> anyhow::Result<()> {
    let header = ["", "What", "Where", "Fits", "To clarify"];
    let mut table = new_table(&header, context.width);
    for (index, one) in matches.iter().enumerate() {
        let hit = &one.hit;
        table.add_row([
            number_cell(index + 1),
            Cell::new(format!("{}\nby {}", hit.title, hit.publisher_name)),
            Cell::new(place_cell(hit)),
            Cell::new(aspects_cell(&one.fits)),
            Cell::new(aspects_cell(&one.unknown)),
        ]);
    }
    writeln!(context.out, "{}", table.trim_fmt())?;
    if arguments.ids {
        print_names(matches.iter().map(|one| &one.hit), context)?;
    }
    let good = style::GOOD;
    let unaltered = matches.iter().filter(|one| one.hit.unaltered == Some(true));
    writeln!(
        context.out,
        "{}. {good}Checked:{good:#} {} exactly as published. The two groups decide whether to act on \
         it.",
        count(matches.len(), "record"),
        unaltered.count()
    )?;
    print_failures(matches.iter().map(|one| &one.hit), context)
}

fn aspects_cell(aspects: &[MatchAspect]) -> String {
    let labels = aspects.iter().map(|aspect| labels::match_aspect(*aspect));
    labels.collect::<Vec<_>>().join("\n")
}
