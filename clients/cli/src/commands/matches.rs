//! `hedgerow matches`.

use clap::Args;
use comfy_table::Cell;
use comfy_table::CellAlignment;
use comfy_table::ContentArrangement;
use comfy_table::Table;
use comfy_table::presets;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::collection;
use hedgerow_proto::v1;
use serde::Serialize;

use crate::Context;
use crate::Exit;
use crate::context::style;
use crate::exit::Usage;
use crate::found::Finding;
use crate::found::sources;
use crate::progress;
use crate::wording::count;

/// Finds offers that fit a need, or needs that an offer fits.
///
/// Every record is fetched and checked. Why it fits is the aggregator's word, and so is
/// what has to be asked.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hedgerow search --in need --near Leeds --ids
  hedgerow matches GROUP/need/KEY

The first prints how each need is named, for the second.")]
pub struct Arguments {
    /// The offer or need.
    #[arg(value_name = "GROUP/KIND/KEY")]
    name: String,
    /// How far apart, where the need does not say: 20mi or 30km (30km where not given).
    #[arg(long, value_name = "DISTANCE")]
    within: Option<String>,
    /// How many, at most.
    #[arg(long, value_name = "NUMBER", default_value_t = 20,
        value_parser = clap::value_parser!(u32).range(1..=400))]
    limit: u32,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
    /// Print how each record is named, for `hedgerow show`.
    #[arg(long, conflicts_with = "json")]
    ids: bool,
}

/// One match. Serialised, it is an object of `matches --json`.
#[derive(Debug, Serialize)]
struct Match {
    /// Why it fits.
    fits: Vec<String>,
    /// What has to be asked.
    unknown: Vec<String>,
    #[serde(flatten)]
    finding: Finding,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let (group, record) = super::show::parse(&arguments.name)?;
    let name = record.ok_or_else(|| {
        Usage("name the offer or need: GROUP/offer/KEY or GROUP/need/KEY".to_owned())
    })?;
    let within = arguments.within.as_deref();
    let mut request = v1::MatchesRequest {
        group_id: group.to_vec(),
        collection: name.collection.as_str().to_owned(),
        key: name.key.as_str().to_owned(),
        distance_m: within.map_or(Ok(0), crate::near::distance)?,
        ..v1::MatchesRequest::default()
    };
    let directory = context.directory()?;
    let now = context.now();
    let limit = arguments.limit as usize;
    let spinner = progress::spinner(context, "comparing and checking");
    let mut found: Vec<Match> = Vec::new();
    let mut more_not_compared = false;
    loop {
        request.page_size = u32::try_from((limit - found.len()).min(100)).unwrap_or(100);
        let page = directory.matches_of(request.clone()).await?;
        more_not_compared |= page.more_not_compared;
        found.extend(page.matches.into_iter().filter_map(|one| {
            let why = one.why.take_the_servers_word();
            Some(Match {
                fits: why.fits,
                unknown: why.unknown,
                finding: Finding::checked(one.found, now)?,
            })
        }));
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() || found.len() >= limit {
            break;
        }
    }
    found.truncate(limit);
    spinner.finish_and_clear();
    sources::tell_silent(
        sources::evidence_of(found.iter().map(|one| &one.finding)),
        context,
    )?;
    if arguments.json {
        serde_json::to_writer_pretty(&mut context.out, &found)?;
        writeln!(context.out)?;
    } else if found.is_empty() {
        writeln!(context.notes, "Nothing published here fits.")?;
    } else {
        people(&arguments, &found, context)?;
    }
    if more_not_compared {
        let (style, other) = (style::CARE, other_side(&name));
        writeln!(
            context.notes,
            "{style}Only the nearest were compared, and more may fit:{style:#} `hedgerow search \
             --in {other} --near PLACE` finds them all."
        )?;
    }
    Ok(if found.iter().any(|one| one.finding.has_failed()) {
        Exit::CheckFailed
    } else if found.is_empty() {
        Exit::NothingFound
    } else {
        Exit::Done
    })
}

/// What a record of the other side is called.
fn other_side(name: &RecordName) -> &'static str {
    match name.collection.as_str() {
        collection::NEED => collection::OFFER,
        _ => collection::NEED,
    }
}

fn people(arguments: &Arguments, found: &[Match], context: &mut Context) -> anyhow::Result<()> {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(context.width)
        .set_header(["", "What", "Where", "Fits", "To be asked"]);
    for (index, one) in found.iter().enumerate() {
        let finding = &one.finding;
        table.add_row([
            Cell::new(index + 1).set_alignment(CellAlignment::Right),
            Cell::new(format!("{}\nby {}", finding.title, finding.publisher_name)),
            Cell::new(finding.place_and_distance()),
            Cell::new(in_words(&one.fits)),
            Cell::new(in_words(&one.unknown)),
        ]);
    }
    writeln!(context.out, "{}", table.trim_fmt())?;
    if arguments.ids {
        for (index, one) in found.iter().enumerate() {
            writeln!(context.out, "{:>3}  {}", index + 1, one.finding.address())?;
        }
    }
    let good = style::GOOD;
    let unaltered = found
        .iter()
        .filter(|one| one.finding.unaltered == Some(true));
    writeln!(
        context.out,
        "{}. {good}Unaltered:{good:#} {} as the publishers' keys signed them. Whether it comes to \
         anything is for the two groups to say.",
        count(found.len(), "record"),
        unaltered.count()
    )?;
    for finding in found.iter().map(|one| &one.finding) {
        let bad = style::BAD;
        if let Some(reason) = &finding.check_error {
            writeln!(
                context.out,
                "{bad}Not as published:{bad:#} {} ({reason}). Do not rely on it.",
                finding.title
            )?;
        }
    }
    Ok(())
}

/// The protocol's words in plain English; one that is not known as it is.
fn in_words(words: &[String]) -> String {
    let plain = words.iter().map(|word| match word.as_str() {
        "kind" => "what is wanted",
        "distance" => "near enough",
        "online" => "to be had online",
        "capacity" => "big enough",
        "price" => "the price",
        "accessibility" => "access",
        "availability" => "the times",
        "features" => "what is in it",
        "subject" => "what it is about",
        "requirements" => "what a borrower must have",
        "who_for" => "which groups may have it",
        other => other,
    });
    plain.collect::<Vec<_>>().join("\n")
}
