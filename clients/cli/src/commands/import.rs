//! `hedgerow import`.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use hedgerow_client::{FieldViolation, GroupId};
use hedgerow_core::name::collection;
use hedgerow_core::time::Timestamp;
use hedgerow_input::labels::count;
use serde_json::json;

use super::publish_status::wait_and_print;
use super::status::is_waiting;
use crate::catalogue::{COLUMNS, Catalogue, CataloguedListing, Unmapped, read_csv};
use crate::context::Context;
use crate::draft::prepare;
use crate::exit::Exit;
use crate::usage::Usage;
use crate::violations::Violations;
use crate::{progress, style};

/// Publishes listings about others, as your group's catalogue: each names its source and
/// year, has no contact but a website, and never looks as if those others spoke.
///
/// Importing again replaces listings with the same ids.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, Subcommand)]
enum Source {
    /// The 277 groups, networks and partners that the Jigsaw reports of 2013 to 2023 name.
    Jigsaw {
        /// Only one region, as the 2013 report groups them: "North East", London, National …
        #[arg(long, value_name = "NAME")]
        region: Option<String>,
        #[command(flatten)]
        options: Options,
    },
    /// A table of your own, with documented columns.
    #[command(after_help = COLUMNS)]
    Csv {
        /// The table; - for the standard input.
        file: PathBuf,
        #[command(flatten)]
        options: Options,
    },
}

#[derive(Debug, Args)]
struct Options {
    /// Only check and count; publish nothing. Needs no node.
    #[arg(long)]
    dry_run: bool,
    /// Confirm for all rows that this is meant so, by its reason, such as
    /// `looks_like_address`. Repeatable.
    #[arg(long, value_name = "REASON")]
    confirm: Vec<String>,
    /// How long to wait for the aggregators, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    wait: u64,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let (mut listings, unmapped, options) = match arguments.source {
        Source::Jigsaw { region, options } => {
            let (listings, unmapped) = jigsaw(region.as_deref())?;
            (listings, unmapped, options)
        }
        Source::Csv { file, options } => (table(&file)?, Unmapped::new(), options),
    };
    for listing in &mut listings {
        listing.confirmed.clone_from(&options.confirm);
    }
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

fn jigsaw(region: Option<&str>) -> Result<(Vec<CataloguedListing>, Unmapped), Usage> {
    let catalogue = Catalogue::embedded();
    let regions = catalogue.regions();
    let region = region
        .map(|name| {
            regions
                .iter()
                .copied()
                .find(|region| region.eq_ignore_ascii_case(name))
                .ok_or_else(|| {
                    Usage(format!(
                        "the report has no region “{name}”: its regions are {}",
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

fn table(file: &PathBuf) -> Result<Vec<CataloguedListing>, Usage> {
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

fn check(listings: &[CataloguedListing], group_id: &GroupId, now: Timestamp) -> anyhow::Result<()> {
    let mut violations = Vec::new();
    for one in listings {
        if let Err(wrong) = prepare(collection::LISTING, &one.to_draft(), group_id, now) {
            violations.extend(wrong.into_iter().map(|violation| FieldViolation {
                field: format!("{}: {}", one.subject.id, violation.field),
                ..violation
            }));
        }
    }
    if violations.is_empty() {
        Ok(())
    } else {
        let subject = "the catalogue".to_owned();
        Err(Violations {
            subject,
            violations,
        }
        .into())
    }
}

/// Publishes, and returns how many listings wait to be signed.
async fn publish(
    listings: &[CataloguedListing],
    options: &Options,
    context: &mut Context,
) -> anyhow::Result<(Exit, usize)> {
    let steward = context.steward()?;
    let bar = progress::bar(context, listings.len() as u64, "publishing");
    let changes = listings.iter().map(CataloguedListing::to_change).collect();
    let published = steward
        .publish_records(changes, |through| bar.set_position(through as u64))
        .await;
    bar.finish_and_clear();
    let records = published?;
    let waiting = records.iter().filter(|record| is_waiting(record)).count();
    if options.json {
        return Ok((Exit::Done, waiting));
    }
    let exit = wait_and_print(&steward, options.wait, "Published", context).await?;
    Ok((exit, waiting))
}

fn report(
    listings: &[CataloguedListing],
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
        return context.print_json("import", &json);
    }
    let quiet = style::QUIET;
    let (style, what) = if options.dry_run {
        (style::GOOD, "Would publish")
    } else if waiting > 0 {
        (style::CARE, "Saved, and waiting to be signed:")
    } else {
        (style::GOOD, "Signed")
    };
    writeln!(
        context.out,
        "{style}{what}{style:#} {}: {with_point} in a town of the gazetteer, {} in a region or \
         without a place.",
        count(listings.len(), "catalogued listing"),
        listings.len() - with_point
    )?;
    if unmapped.is_empty() {
        return Ok(());
    }
    writeln!(
        context.out,
        "{} of the source ({} in all) have no term in the vocabulary and were left out:",
        count(unmapped.len(), "word"),
        count(uses, "use")
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
    fn an_unknown_region_is_rejected_with_the_known_ones() {
        let (listings, unmapped) = jigsaw(Some("north east")).expect("a region");
        assert_eq!(listings.len(), 33);
        assert!(!unmapped.is_empty());
        let error = jigsaw(Some("Mercia")).expect_err("no region").to_string();
        assert!(error.contains("North East"), "{error}");
    }

    fn checked(table: &str, confirm: &[&str]) -> Result<(), String> {
        let table: Box<dyn Read> = Box::new(std::io::Cursor::new(table.to_owned()));
        let mut listings = read_csv(table).expect("a table");
        for listing in &mut listings {
            listing.confirmed = confirm.iter().map(|&reason| reason.to_owned()).collect();
        }
        let now = Timestamp::from_seconds(1_800_000_000);
        check(&listings, &GroupId::from_bytes([1; 32]), now).map_err(|error| error.to_string())
    }

    #[test]
    fn an_organisation_called_after_a_street_is_imported() {
        let table = "scheme,id,name,source_title,source_year,summary,place\n\
                     d-1,a,Wood Street Mission,T,2024,,\n\
                     d-1,b,High Street Library,T,2024,,Bolton\n";
        checked(table, &[]).expect("names are no addresses");
        let numbered = "scheme,id,name,source_title,source_year,summary,place\n\
                        d-1,a,12 Wood Street,T,2024,,Bolton\n";
        let error = checked(numbered, &[]).expect_err("an address");
        assert!(error.contains("--confirm looks_like_address"), "{error}");
        checked(numbered, &["looks_like_address"]).expect("confirmed");
    }

    #[test]
    fn a_private_contact_in_a_table_is_rejected() {
        for summary in [
            "Ring the secretary at home on 01632 960 000 or 07700 900123 after six",
            "Write to ann at example dot org",
        ] {
            let table = format!(
                "scheme,id,name,source_title,source_year,summary,place\npp,b,Other,T,2024,\"{summary}\",Penzance\n"
            );
            let confirmed = ["contact_in_catalogued"];
            let error = checked(&table, &confirmed).expect_err("a contact");
            assert!(error.contains("nobody has agreed to be rung"), "{error}");
        }
    }

    #[test]
    fn the_whole_catalogue_passes_the_rules() {
        let (listings, _) = jigsaw(None).expect("all");
        let now = Timestamp::from_seconds(1_800_000_000);
        check(&listings, &GroupId::from_bytes([1; 32]), now).expect("no violation");
    }
}
