//! `hedgerow import`.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use clap::Subcommand;
use hedgerow_client::FieldViolation;
use hedgerow_client::GroupId;
use hedgerow_core::name::Collection;
use hedgerow_core::rules;
use hedgerow_core::time::Timestamp;
use serde_json::json;

use crate::Context;
use crate::Exit;
use crate::catalogue::COLUMNS;
use crate::catalogue::Catalogue;
use crate::catalogue::Catalogued;
use crate::catalogue::Unmapped;
use crate::catalogue::read_csv;
use crate::context::style;
use crate::exit::Usage;
use crate::exit::Violations;
use crate::progress;
use crate::wording;

/// Publishes listings about others, as your group's catalogue: each names its source and
/// year, gives no contact but a website, and never looks as if those others spoke.
///
/// Importing again replaces what was imported before under the same ids.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What to import.
    #[command(subcommand)]
    from: From,
}

#[derive(Debug, Subcommand)]
enum From {
    /// The 277 groups, networks and partners that the Jigsaw reports of 2013 to 2023 name.
    Jigsaw {
        /// Only one region, as the 2013 report groups them: "North East", London, National …
        #[arg(long, value_name = "NAME")]
        region: Option<String>,
        /// Options of every import.
        #[command(flatten)]
        options: Options,
    },
    /// A table of your own, with documented columns.
    #[command(after_help = COLUMNS)]
    Csv {
        /// The table; - for the standard input.
        file: PathBuf,
        /// Options of every import.
        #[command(flatten)]
        options: Options,
    },
}

#[derive(Debug, Args)]
struct Options {
    /// Only check and count; publish nothing. Needs no node.
    #[arg(long)]
    dry_run: bool,
    /// How long to wait for the aggregators, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    wait: u64,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let (listings, unmapped, options) = match arguments.from {
        From::Jigsaw { region, options } => {
            let (listings, unmapped) = jigsaw(region.as_deref())?;
            (listings, unmapped, options)
        }
        From::Csv { file, options } => (table(&file)?, Unmapped::new(), options),
    };
    if listings.is_empty() {
        writeln!(context.notes, "There is nothing to import.")?;
        return Ok(Exit::NothingFound);
    }
    let group = match (&context.steward, options.dry_run) {
        (None, true) => GroupId::from_bytes([0; 32]),
        _ => context.steward()?.group_id(),
    };
    check(&listings, &group, context.now())?;
    let (exit, waiting) = if options.dry_run {
        (Exit::Done, 0)
    } else {
        publish(&listings, &options, context).await?
    };
    report(&listings, &unmapped, waiting, &options, context)?;
    Ok(exit)
}

fn jigsaw(region: Option<&str>) -> Result<(Vec<Catalogued>, Unmapped), Usage> {
    let catalogue = Catalogue::embedded();
    let regions = catalogue.regions();
    let region = region
        .map(|asked| {
            regions
                .iter()
                .copied()
                .find(|region| region.eq_ignore_ascii_case(asked))
                .ok_or_else(|| {
                    Usage(format!(
                        "the report has no region “{asked}”: its regions are {}",
                        regions.join(", ")
                    ))
                })
        })
        .transpose()?;
    let entries = catalogue.entries(region);
    let listings = entries
        .iter()
        .map(|entry| catalogue.listing(entry))
        .collect();
    Ok((listings, catalogue.unmapped(&entries)))
}

fn table(file: &PathBuf) -> Result<Vec<Catalogued>, Usage> {
    let name = file.display();
    let table: Box<dyn Read> = if file.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        let opened = File::open(file);
        Box::new(opened.map_err(|error| Usage(format!("cannot read {name}: {error}")))?)
    };
    read_csv(table).map_err(|wrong| {
        Usage(format!(
            "{name} cannot be imported as it is:\n  {}\n`hedgerow import csv --help` lists the columns.",
            wrong.join("\n  ")
        ))
    })
}

fn check(listings: &[Catalogued], group_id: &GroupId, now: Timestamp) -> anyhow::Result<()> {
    let collection = Collection::parse("listing").map_err(|error| Usage(error.to_string()))?;
    let mut violations = Vec::new();
    for one in listings {
        let draft = one.to_draft();
        let draft = rules::Draft {
            group_id,
            collection: &collection,
            body: &draft.body,
            language: &draft.language,
            subject: Some(&one.subject),
            confirmed: &[],
            now,
        };
        if let Err(wrong) = rules::prepare(&draft, &[]) {
            violations.extend(wrong.into_iter().map(|wrong| {
                let mut violation = FieldViolation::from(wrong);
                violation.field = format!("{}: {}", one.subject.id, violation.field);
                // A table has no place to confirm in: it must be put right.
                violation.confirmable = false;
                violation
            }));
        }
    }
    if violations.is_empty() {
        Ok(())
    } else {
        let what = "the catalogue".to_owned();
        Err(Violations { what, violations }.into())
    }
}

/// Publishes, and says how many wait to be signed.
async fn publish(
    listings: &[Catalogued],
    options: &Options,
    context: &mut Context,
) -> anyhow::Result<(Exit, usize)> {
    let steward = context.steward()?;
    let bar = progress::bar(context, listings.len() as u64, "publishing");
    let changes = listings.iter().map(Catalogued::to_change).collect();
    let published = steward
        .publish(changes, |through| bar.set_position(through as u64))
        .await;
    bar.finish_and_clear();
    let records = published?;
    let waiting = |record: &&hedgerow_client::v1::StewardRecord| super::status::is_waiting(record);
    let waiting = records.iter().filter(waiting).count();
    if options.json {
        return Ok((Exit::Done, waiting));
    }
    let exit = super::in_force::wait_and_tell(&steward, options.wait, context).await?;
    Ok((exit, waiting))
}

fn report(
    listings: &[Catalogued],
    unmapped: &Unmapped,
    waiting: usize,
    options: &Options,
    context: &mut Context,
) -> anyhow::Result<()> {
    let with_point = listings
        .iter()
        .filter(|one| one.listing.places.iter().any(|place| place.point.is_some()))
        .count();
    let uses: usize = unmapped.values().sum();
    if options.json {
        let words: Vec<_> = unmapped
            .iter()
            .map(|((field, word), uses)| {
                json!({"field": field.to_string(), "word": word, "uses": uses})
            })
            .collect();
        let json = json!({
            "listings": listings.len(),
            "in_a_town": with_point,
            "published": !options.dry_run && waiting == 0,
            "waiting": waiting,
            "unmapped": words,
        });
        serde_json::to_writer_pretty(&mut context.out, &json)?;
        return Ok(writeln!(context.out)?);
    }
    let quiet = style::QUIET;
    let (style, what) = if options.dry_run {
        (style::GOOD, "Would publish")
    } else if waiting > 0 {
        (style::CARE, "Kept, and waiting to be signed:")
    } else {
        (style::GOOD, "Published")
    };
    writeln!(
        context.out,
        "{style}{what}{style:#} {}: {with_point} in a town of the gazetteer, {} in a region or \
         without a place.",
        wording::count(listings.len(), "catalogued listing"),
        listings.len() - with_point
    )?;
    if unmapped.is_empty() {
        return Ok(());
    }
    writeln!(
        context.out,
        "{} of the source ({} in all) stand for no term of the vocabulary and were left out:",
        wording::count(unmapped.len(), "word"),
        wording::count(uses, "use")
    )?;
    let mut field = None;
    for ((of, word), uses) in unmapped {
        if field != Some(*of) {
            field = Some(*of);
            writeln!(context.out, "  {of}")?;
        }
        writeln!(context.out, "    {word} {quiet}×{uses}{quiet:#}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_found_by_its_name_or_told() {
        let (listings, unmapped) = jigsaw(Some("north east")).expect("a region");
        assert_eq!(listings.len(), 33);
        assert!(!unmapped.is_empty());
        let error = jigsaw(Some("Mercia")).expect_err("no region").to_string();
        assert!(error.contains("North East"), "{error}");
    }

    #[test]
    fn the_whole_catalogue_passes_the_rules() {
        let (listings, _) = jigsaw(None).expect("all");
        let now = Timestamp::from_seconds(1_800_000_000);
        check(&listings, &GroupId::from_bytes([1; 32]), now).expect("no violation");
    }
}
