//! `hedgerow demo`.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use std::time::Instant;

use clap::Args;
use clap::Parser;
use futures::future::try_join_all;
use hedgerow_client::Directory;
use hedgerow_client::Options;
use hedgerow_proto::v1;
use tempfile::TempDir;

use super::Command;
use super::search;
use crate::Context;
use crate::Exit;
use crate::context::style;
use crate::demo::Example;
use crate::demo::Network;
use crate::demo::NetworkConfig;
use crate::demo::Outcome;
use crate::demo::Searched;
use crate::demo::cataloguers;
use crate::demo::examples;
use crate::demo::invented;
use crate::exit::Usage;
use crate::found::Finding;
use crate::found::sources;
use crate::found::table;
use crate::progress;
use crate::wording;

/// Shows how it all works, on this machine only.
///
/// Starts an aggregator and thirteen nodes over real TLS, publishes what the Jigsaw
/// reports name and what twelve invented groups say, finds some of it, and checks it.
/// Nothing is sent anywhere else, and nothing is left behind.
#[derive(Debug, Args)]
pub struct Arguments {
    /// End after the examples, rather than wait for Ctrl-C.
    #[arg(long)]
    exit: bool,
    /// Print one JSON object, for programs.
    #[arg(long)]
    json: bool,
    /// Where the aggregator listens; a free port of this machine where not given.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// A new or empty folder to keep everything in; a temporary one where not given.
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// Print the configuration of every server.
    #[arg(long, short)]
    verbose: bool,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    // The folder outlives the servers, and is removed after them.
    let (folder, _temporary) = folder(arguments.dir.as_deref())?;
    let demonstration = async {
        let network = start(&folder, arguments.listen, context).await?;
        if arguments.verbose {
            for (whose, text) in network.configurations() {
                writeln!(context.notes, "# {whose}\n{text}")?;
            }
        }
        let options = context.options()?;
        let directory = Directory::connect(&network.aggregator.to_string(), options.clone())?;
        let mut outcome = publish(&network, &directory, options, context).await?;
        if !arguments.json {
            happened(&outcome, context)?;
        }
        let mut found_all = true;
        for example in examples() {
            let searched = show_example(&example, &directory, arguments.json, context).await?;
            found_all &= searched.hits > 0 && searched.unaltered;
            outcome.searches.push(searched);
        }
        if arguments.json {
            serde_json::to_writer_pretty(&mut context.out, &outcome)?;
            writeln!(context.out)?;
        }
        anyhow::Ok((network, found_all))
    };
    let (network, found_all) = tokio::select! {
        shown = demonstration => shown?,
        () = asked_to_end() => return Ok(Exit::Done),
    };
    if !arguments.exit {
        how_to_go_on(&network, arguments.dir.is_some(), context)?;
        context.out.flush()?;
        asked_to_end().await;
        writeln!(context.notes, "\nStopping.")?;
    }
    network.stop().await?;
    Ok(if found_all {
        Exit::Done
    } else {
        Exit::CheckFailed
    })
}

/// Ctrl-C, or how a script says the same.
async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::SignalKind;
        use tokio::signal::unix::signal;

        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

fn folder(given: Option<&Path>) -> anyhow::Result<(PathBuf, Option<TempDir>)> {
    let Some(folder) = given else {
        let temporary = tempfile::Builder::new()
            .prefix("hedgerow-demo-")
            .tempdir()?;
        return Ok((temporary.path().to_owned(), Some(temporary)));
    };
    fs::create_dir_all(folder)?;
    if fs::read_dir(folder)?.next().is_some() {
        let folder = folder.display();
        return Err(Usage(format!("{folder} is not empty: name a new folder")).into());
    }
    Ok((folder.to_owned(), None))
}

async fn start(
    folder: &Path,
    listen: SocketAddr,
    context: &mut Context,
) -> anyhow::Result<Network> {
    let config = NetworkConfig {
        folder: folder.to_owned(),
        listen,
    };
    let mut network = Network::start(&config).await?;
    let mut nodes: Vec<_> = cataloguers().into_iter().map(|one| vec![one]).collect();
    nodes.push(invented(context.now()));
    let bar = progress::bar(context, nodes.len() as u64, "starting nodes");
    for publishers in nodes {
        network.add_node(publishers).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(network)
}

/// Every steward publishes, and we wait until all of it can be found.
async fn publish(
    network: &Network,
    directory: &Directory,
    options: Options,
    context: &mut Context,
) -> anyhow::Result<Outcome> {
    let all: usize = network
        .stewards
        .iter()
        .map(|hosted| hosted.publisher.changes.len())
        .sum();
    let bar = progress::bar(context, all as u64, "publishing");
    let begun = Instant::now();
    try_join_all(network.stewards.iter().map(async |hosted| {
        let steward = hosted.steward(options.clone())?;
        let changes = hosted.publisher.changes.clone();
        let many = changes.len() as u64;
        steward.publish(changes, |_| ()).await?;
        bar.inc(many);
        anyhow::Ok(())
    }))
    .await?;
    bar.finish_and_clear();

    let bar = progress::bar(context, all as u64, "waiting until it can be found");
    let mut counts = [0; 4];
    loop {
        for (count, collection) in counts.iter_mut().zip(["listing", "event", "offer", "need"]) {
            *count = count_of(directory, collection).await?;
        }
        let searchable: usize = counts.iter().sum();
        bar.set_position(searchable as u64);
        if searchable >= all {
            break;
        }
        anyhow::ensure!(
            begun.elapsed() < Duration::from_secs(120),
            "only {searchable} of {all} records could be found after two minutes"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let searchable_ms = u64::try_from(begun.elapsed().as_millis())?;
    bar.finish_and_clear();
    let [listings, events, offers, needs] = counts;
    let (rooms, bytes) = weigh(network, directory, context).await?;
    Ok(Outcome {
        nodes: network.nodes,
        publishers: network.stewards.len(),
        listings,
        events,
        offers,
        needs,
        rooms,
        bytes,
        searchable_ms,
        searches: Vec::new(),
    })
}

async fn count_of(directory: &Directory, collection: &str) -> anyhow::Result<usize> {
    let request = v1::SearchRequest {
        collections: vec![collection.to_owned()],
        any_role: true,
        page_size: 1,
        ..Default::default()
    };
    let answer = directory.search_unchecked(request).await?;
    Ok(usize::try_from(answer.on_the_servers_word().total)?)
}

/// Fetches everything back from the aggregator, checked, and counts rooms and bytes.
async fn weigh(
    network: &Network,
    directory: &Directory,
    context: &Context,
) -> anyhow::Result<(usize, u64)> {
    use v1::resource::Detail;

    let bar = progress::bar(context, network.stewards.len() as u64, "checking all of it");
    let (mut rooms, mut bytes) = (0, 0);
    for hosted in &network.stewards {
        let published = directory.feed().published(&hosted.group_id).await?;
        for record in &published.value().records {
            bytes += record.bytes().len() as u64;
            let resource = record.body::<v1::Offer>().and_then(|offer| offer.resource);
            let is_room =
                resource.is_some_and(|thing| matches!(thing.detail, Some(Detail::Space(_))));
            rooms += usize::from(is_room);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok((rooms, bytes))
}

fn happened(outcome: &Outcome, context: &mut Context) -> anyhow::Result<()> {
    let (title, good) = (style::TITLE, style::GOOD);
    writeln!(
        context.out,
        "{title}{} nodes published for {} groups, over TLS, to one aggregator:{title:#}\n  \
         {} listings, {} events, {} offers ({} of them rooms), {}; {} KiB in all.\n  \
         {good}The last of it could be found after {:.1} seconds, and every record was fetched back \
         and checked.{good:#}\n  \
         277 listings are of real organisations that the Jigsaw reports name, most of them from \
         2013: history, not advice.\n  Everything marked [test …] or [demonstration] is invented.",
        outcome.nodes,
        outcome.publishers,
        outcome.listings,
        outcome.events,
        outcome.offers,
        outcome.rooms,
        wording::count(outcome.needs, "need"),
        outcome.bytes / 1024,
        Duration::from_millis(outcome.searchable_ms).as_secs_f64(),
    )?;
    Ok(())
}

async fn show_example(
    example: &Example,
    directory: &Directory,
    json: bool,
    context: &mut Context,
) -> anyhow::Result<Searched> {
    let words = ["hedgerow", "search"].iter().chain(example.arguments);
    let parsed = crate::Arguments::try_parse_from(words)?;
    let Command::Search(arguments) = parsed.command else {
        anyhow::bail!("an example is a search");
    };
    let answer = search::ask(&arguments, directory, context).await?;
    let searched = Searched {
        query: example.typed(),
        hits: answer.findings.len(),
        unaltered: answer
            .findings
            .iter()
            .all(|finding| finding.unaltered == Some(true)),
    };
    if json {
        return Ok(searched);
    }
    let (title, good, bad) = (style::TITLE, style::GOOD, style::BAD);
    writeln!(
        context.out,
        "\n{title}To find {}:{title:#} hedgerow search {}",
        example.finds,
        example.typed()
    )?;
    let shown = answer
        .findings
        .get(..answer.findings.len().min(5))
        .unwrap_or_default();
    writeln!(context.out, "{}", table(shown, context.width))?;
    if answer.findings.iter().any(Finding::has_failed) {
        writeln!(context.out, "{bad}Not all of it passed its check.{bad:#}")?;
    } else {
        writeln!(
            context.out,
            "{good}Unaltered:{good:#} each is under a head that its publisher's key signed. {}",
            sources::sentence(&answer.findings)
        )?;
    }
    Ok(searched)
}

fn how_to_go_on(network: &Network, kept: bool, context: &mut Context) -> anyhow::Result<()> {
    let title = style::TITLE;
    writeln!(
        context.out,
        "\n{title}Now you, in another terminal:{title:#}"
    )?;
    if let Some(program) = program_off_the_path() {
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
    if let Some(hosted) = network.stewards.last() {
        writeln!(
            context.out,
            "As the steward of “{}”:",
            hosted.publisher.label
        )?;
        writeln!(
            context.out,
            "  export HEDGEROW_STEWARD='{}'",
            hosted.file.display()
        )?;
        writeln!(context.out, "  hedgerow status")?;
        writeln!(
            context.out,
            "  hedgerow template event > event.yaml && hedgerow publish event.yaml"
        )?;
        writeln!(context.out, "  hedgerow verify {}", hosted.group_id)?;
    }
    let end = if kept {
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

/// This program, where typing `hedgerow` would not find it.
fn program_off_the_path() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).any(|folder| folder.join("hedgerow").is_file());
    (!found).then_some(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_are_searches_that_the_command_line_takes() {
        for example in examples() {
            let words = ["hedgerow", "search"].iter().chain(example.arguments);
            let parsed = crate::Arguments::try_parse_from(words).expect("a command line");
            assert!(
                matches!(parsed.command, Command::Search(_)),
                "{}",
                example.typed()
            );
        }
    }

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let held = tempfile::tempdir().expect("a folder");
        fs::write(held.path().join("letters.txt"), "mine").expect("written");
        assert!(folder(Some(held.path())).is_err());
        assert!(folder(Some(&held.path().join("new"))).is_ok());
    }
}
