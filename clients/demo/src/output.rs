//! The output of the demonstration, for people.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use hedgerow_cli::commands::search::SearchResults;
use hedgerow_cli::results::{Hit, hit_list, sources};
use hedgerow_cli::{Context, style};
use hedgerow_input::labels::count;

use crate::examples::Example;
use crate::network::Network;
use crate::outcome::Outcome;

/// Printed hits of an example.
const MAX_HITS: usize = 5;

pub(crate) fn print_outcome(outcome: &Outcome, context: &mut Context) -> anyhow::Result<()> {
    let (title, good) = (style::TITLE, style::GOOD);
    writeln!(
        context.out,
        "{title}{} nodes published for {} groups, over TLS, to one aggregator:{title:#}\n  \
         {} listings, {} events, {} offers ({} of them rooms), {}; {} KiB in all.\n  \
         {good}All of it was searchable after {:.1} seconds, and every record was fetched back \
         and verified.{good:#}\n  \
         277 listings are of real organisations that the Jigsaw reports name, most of them from \
         2013: history, not advice.\n  Everything marked [test …] or [demonstration] is invented.",
        outcome.nodes,
        outcome.publishers,
        outcome.listings,
        outcome.events,
        outcome.offers,
        outcome.rooms,
        count(outcome.needs, "need"),
        outcome.bytes / 1024,
        Duration::from_millis(outcome.searchable_ms).as_secs_f64(),
    )?;
    Ok(())
}

pub(crate) fn print_example(
    example: &Example,
    results: &SearchResults,
    context: &mut Context,
) -> anyhow::Result<()> {
    let (title, good, bad) = (style::TITLE, style::GOOD, style::BAD);
    writeln!(
        context.out,
        "\n{title}To find {}:{title:#} hedgerow search {}",
        example.subject,
        example.typed()
    )?;
    let hits = &results.hits;
    let first = hits.get(..MAX_HITS).unwrap_or(hits);
    let list = hit_list(first, context.width, context.now());
    writeln!(context.out, "{list}\n")?;
    if hits.iter().any(Hit::has_failed) {
        writeln!(context.out, "{bad}Not all of it passed its check.{bad:#}")?;
    } else {
        writeln!(
            context.out,
            "{good}Checked:{good:#} exactly as published. {}",
            sources::summary(hits)
        )?;
    }
    Ok(())
}

/// Prints the addresses of the pages, and commands to type next. `is_kept`: the folder stays after
/// the demonstration.
pub(crate) fn print_next_steps(
    network: &Network,
    (pages, console): (Option<&str>, &str),
    is_kept: bool,
    context: &mut Context,
) -> anyhow::Result<()> {
    let title = style::TITLE;
    if let Some(pages) = pages {
        writeln!(
            context.out,
            "\n{title}The directory, in a browser on this machine:{title:#} {pages}"
        )?;
    }
    if let Some(page) = network.groups.last().and_then(|group| group.page.as_ref()) {
        writeln!(context.out, "{title}A group’s own page:{title:#} {page}")?;
    }
    writeln!(
        context.out,
        "{title}A console, to publish for a group of yours (the link works once):{title:#}\n  \
         {console}"
    )?;
    writeln!(context.out, "\n{title}Or in another terminal:{title:#}")?;
    if let Some(program) = program_if_not_on_path() {
        writeln!(context.out, "  alias hedgerow='{}'", program.display())?;
    }
    writeln!(
        context.out,
        "  export HEDGEROW_AGGREGATOR='{}'",
        network.aggregator
    )?;
    for line in [
        "hedgerow search depression --near Leeds --within 15mi --open 1",
        "hedgerow search south asian --near Leeds --within 10mi --json",
        "hedgerow search depression --who women --near Sheffield --on weekday --between evening",
        "hedgerow events --near Sheffield",
        "hedgerow watch",
    ] {
        writeln!(context.out, "  {line}")?;
    }
    if let Some(group) = network.groups.last() {
        writeln!(
            context.out,
            "As the steward of “{}”:",
            group.publisher.label
        )?;
        writeln!(
            context.out,
            "  export HEDGEROW_STEWARD='{}'",
            group.steward_file.display()
        )?;
        writeln!(context.out, "  hedgerow status")?;
        writeln!(context.out, "  hedgerow new event")?;
        writeln!(context.out, "  hedgerow verify {}", group.group_id)?;
    }
    let end = if is_kept {
        format!(
            "Ctrl-C ends it. Everything stays in {}.",
            network.folder().display()
        )
    } else {
        "Ctrl-C ends it. Nothing is left behind.".to_owned()
    };
    writeln!(context.out, "{end}")?;
    Ok(())
}

/// This program, which runs every command of `hedgerow`, if typing `hedgerow` would not find
/// any.
fn program_if_not_on_path() -> Option<PathBuf> {
    let program = env::current_exe().ok()?;
    let path = env::var_os("PATH")?;
    let is_on_path = env::split_paths(&path).any(|folder| folder.join("hedgerow").is_file());
    (!is_on_path).then_some(program)
}
