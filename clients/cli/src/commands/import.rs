//! `hedgerow import`.

mod check;
mod existing;
mod options;
mod report;
mod source;
mod table;

use clap::{Args, Subcommand};
use hedgerow_client::GroupId;

use self::check::check;
use self::existing::{Comparison, compare};
use self::options::Options;
use self::source::Import;
use self::table::TableArguments;
use super::publish_status::wait_and_print;
use super::status::is_waiting;
use crate::catalogue::{COLUMNS, Catalogue, CataloguedListing, Position, TableRow};
use crate::context::Context;
use crate::exit::Exit;
use crate::progress;
use crate::usage::Usage;

/// Publishes listings about others, as your group's catalogue: each names its source and
/// year, has no contact but a website, and never looks as if those others spoke.
///
/// Importing again replaces listings with the same ids.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    source: SourceCommand,
}

#[derive(Debug, Subcommand)]
enum SourceCommand {
    /// The 277 groups, networks and partners that the Jigsaw reports of 2013 to 2023 name.
    Jigsaw {
        /// Only one region, as the 2013 report groups them: "North East", London, National …
        #[arg(long, value_name = "NAME")]
        region: Option<String>,
        #[command(flatten)]
        options: Options,
    },
    /// A table of your own: CSV, semicolons or tabs.
    #[command(after_help = COLUMNS)]
    Csv {
        #[command(flatten)]
        table: Box<TableArguments>,
        #[command(flatten)]
        options: Options,
    },
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let (mut import, options) = match arguments.source {
        SourceCommand::Jigsaw { region, options } => (jigsaw(region.as_deref())?, options),
        SourceCommand::Csv { table, options } => (table.read(context.now())?, options),
    };
    let group = match (&context.steward, options.dry_run) {
        (None, true) => GroupId::from_bytes([0; 32]),
        _ => context.steward()?.group_id(),
    };
    check(&mut import, &options.confirm, &group, context.now());
    if import.rows.is_empty() && import.problems.is_empty() {
        writeln!(context.notes, "There is nothing to import.")?;
        return Ok(Exit::NothingFound);
    }
    // A dry run without a steward file compares with nothing.
    let comparison = if context.steward.is_some() || !options.dry_run {
        Some(compare(&import, &context.steward()?).await?)
    } else {
        None
    };
    let is_rejected = !import.problems.is_empty() && !options.skip_wrong;
    if let Some(comparison) = &comparison
        && options.replace
        && !is_rejected
    {
        comparison.check_loss(&import, &options)?;
    }
    let publishes = !options.dry_run && !is_rejected;
    let (exit, waiting) = match &comparison {
        Some(comparison) if publishes => publish(&import, comparison, &options, context).await?,
        _ => (Exit::Done, 0),
    };
    report::print(
        &import,
        comparison.as_ref(),
        waiting,
        publishes,
        &options,
        context,
    )?;
    if is_rejected {
        return Err(Usage(report::rejection(&import)).into());
    }
    Ok(exit)
}

fn jigsaw(region: Option<&str>) -> Result<Import, Usage> {
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
    let rows = entries.iter().enumerate().map(|(at, entry)| TableRow {
        position: Position {
            row: at + 1,
            line: at + 1,
        },
        entry: catalogue.listing(entry),
    });
    Ok(Import {
        rows: rows.collect(),
        unmapped: catalogue.unmapped(&entries),
        // One region is a part of the source.
        is_whole_source: region.is_none(),
        ..Default::default()
    })
}

/// Publishes, and returns how many listings wait to be signed.
async fn publish(
    import: &Import,
    comparison: &Comparison,
    options: &Options,
    context: &mut Context,
) -> anyhow::Result<(Exit, usize)> {
    let mut changes: Vec<_> = comparison
        .to_publish(import)
        .map(CataloguedListing::to_change)
        .collect();
    if options.replace {
        changes.extend(comparison.withdrawals());
    }
    if changes.is_empty() {
        return Ok((Exit::Done, 0));
    }
    let steward = context.steward()?;
    let bar = progress::bar(context, changes.len() as u64, "publishing");
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

#[cfg(test)]
mod real_files;
#[cfg(test)]
mod tests;
