//! `hedgerow search`.

mod arguments;
mod fetch;
mod notices;
mod output;

use hedgerow_client::Directory;
use hedgerow_input::labels::count;

pub use self::arguments::Arguments;
use self::arguments::Order;
pub use self::fetch::SearchResults;
use crate::context::Context;
use crate::exit::Exit;
use crate::progress;
use crate::results::{Hit, sources};
use crate::usage::Usage;

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    if !arguments.output.json {
        notices::print_crisis_services(&arguments.words.join(" "), context)?;
    }
    let directory = context.directory()?;
    let results = search(&arguments, &directory, context).await?;

    if arguments.output.json {
        output::print_json(&arguments, &results, context)?;
    } else {
        output::print_table(&arguments, &results, context)?;
    }
    if let Some(number) = arguments.open {
        open(number, &results.hits, context)?;
    }
    let has_failed = results.hits.iter().any(Hit::has_failed);
    Ok(Exit::of_results(!results.hits.is_empty(), has_failed))
}

/// Searches as the command line says, and checks the hits unless it says not to.
///
/// # Errors
/// If the command line is wrong or the search fails.
pub async fn search(
    arguments: &Arguments,
    directory: &Directory,
    context: &mut Context,
) -> anyhow::Result<SearchResults> {
    let filters = &arguments.filters;
    if arguments.order == Order::Distance && !filters.is_set("near") {
        let message = "--order distance: say from where with --near PLACE";
        return Err(Usage(message.to_owned()).into());
    }
    let filter = filters.parse(&arguments.words, context)?;
    let spinner = progress::spinner(context, "searching and checking");
    let results = fetch::fetch(directory, arguments, filter, context.now()).await;
    spinner.finish_and_clear();
    let results = results.map_err(|error| filters.with_typed_place(error))?;
    sources::warn_of_unresponsive(sources::evidence_of(&results.hits), context)?;
    Ok(results)
}

/// Prints one hit in full, by its number in the table.
fn open(number: usize, hits: &[Hit], context: &mut Context) -> anyhow::Result<()> {
    let hit = number
        .checked_sub(1)
        .and_then(|index| hits.get(index))
        .ok_or_else(|| {
            let found = count(hits.len(), "hit");
            Usage(format!("--open {number}: the table has {found}"))
        })?;
    if let Some(record) = &hit.record {
        writeln!(context.out)?;
        super::show::print_record(record, hit.publisher_identity, context)?;
    }
    Ok(())
}
