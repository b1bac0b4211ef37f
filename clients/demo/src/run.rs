//! `hedgerow demo`.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Parser;
use hedgerow_cli::commands::Command;
use hedgerow_cli::commands::search::search;
use hedgerow_cli::usage::Usage;
use hedgerow_cli::{Context, Exit, progress};
use hedgerow_client::Directory;
use hedgerow_server::browser::open;
use hedgerow_server::listen::local_pages;
use tempfile::TempDir;

use crate::cataloguers::cataloguers;
use crate::examples::{EXAMPLES, Example};
use crate::groups::invented_groups;
use crate::network::{Network, NetworkConfig};
use crate::outcome::ExampleResult;
use crate::output::{print_example, print_next_steps, print_outcome};
use crate::publish::publish;

/// Shows how it all works, on this machine only.
///
/// Starts an aggregator and thirteen nodes over real TLS, publishes listings of the
/// organisations that the Jigsaw reports name and the records of twelve invented groups,
/// finds some of it, and checks it. Nothing is sent anywhere else, and nothing is left
/// behind.
#[derive(Debug, Parser)]
#[command(name = "hedgerow demo", version)]
pub struct Arguments {
    /// End after the examples, rather than wait for Ctrl-C.
    #[arg(long)]
    exit: bool,
    /// Print one JSON object, for programs.
    #[arg(long)]
    json: bool,
    /// Where the aggregator listens; by default a free port of this machine.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// A new or empty folder to keep everything in; by default a temporary one.
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// Do not open the directory in a browser.
    #[arg(long)]
    no_open: bool,
    /// Print the configuration of every server.
    #[arg(long, short)]
    verbose: bool,
}

/// Runs the demonstration until Ctrl-C, or to the end of the examples.
///
/// # Errors
/// If a server cannot start, or publishing or searching fails.
pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    // Dropped after the servers, so that the folder is removed last.
    let (folder, _temporary) = open_folder(arguments.dir.as_deref())?;
    let demonstration = async {
        let network = start(&folder, arguments.listen, context).await?;
        if arguments.verbose {
            for (server, config) in network.configs() {
                writeln!(context.notes, "# {server}\n{config}")?;
            }
        }
        let options = context.options()?;
        let directory = Directory::new(&network.aggregator.to_string(), options.clone())?;
        let mut outcome = publish(&network, &directory, options, context).await?;
        if !arguments.json {
            print_outcome(&outcome, context)?;
        }
        let mut all_found = true;
        for example in EXAMPLES {
            let result = run_example(&example, &directory, arguments.json, context).await?;
            all_found &= result.hits > 0 && result.unaltered;
            outcome.searches.push(result);
        }
        if arguments.json {
            context.print_json("demo", &outcome)?;
        }
        anyhow::Ok((network, all_found))
    };
    let (mut network, all_found) = tokio::select! {
        result = demonstration => result?,
        () = stop_signal() => return Ok(Exit::Done),
    };
    if !arguments.exit {
        let listener = SocketAddr::new(arguments.listen.ip(), network.aggregator.port);
        let pages = local_pages(listener);
        let console = network.add_own_node().await?;
        let is_kept = arguments.dir.is_some();
        print_next_steps(&network, (pages.as_deref(), &console), is_kept, context)?;
        context.out.flush()?;
        if let Some(pages) = pages.filter(|_| !arguments.no_open && !arguments.json) {
            open(&pages);
        }
        stop_signal().await;
        writeln!(context.notes, "\nStopping.")?;
    }
    network.stop().await?;
    Ok(if all_found {
        Exit::Done
    } else {
        Exit::CheckFailed
    })
}

/// Waits for Ctrl-C, or for SIGTERM, which scripts send.
async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

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

/// The given folder, if it is empty, or a temporary one.
fn open_folder(given: Option<&Path>) -> anyhow::Result<(PathBuf, Option<TempDir>)> {
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
    // A cataloguer has a node of its own; the invented groups share one.
    let mut nodes: Vec<_> = cataloguers().into_iter().map(|one| vec![one]).collect();
    nodes.push(invented_groups(context.now()));
    let bar = progress::bar(context, nodes.len() as u64, "starting nodes");
    for publishers in nodes {
        network.add_node(publishers).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(network)
}

async fn run_example(
    example: &Example,
    directory: &Directory,
    json: bool,
    context: &mut Context,
) -> anyhow::Result<ExampleResult> {
    let words = ["hedgerow", "search"].iter().chain(example.arguments);
    let parsed = hedgerow_cli::Arguments::try_parse_from(words)?;
    let Command::Search(arguments) = parsed.command else {
        anyhow::bail!("an example must be a search: {}", example.typed());
    };
    let results = search(&arguments, directory, context).await?;
    if !json {
        print_example(example, &results, context)?;
    }
    Ok(ExampleResult {
        query: example.typed(),
        hits: results.hits.len(),
        unaltered: results.hits.iter().all(|hit| hit.unaltered == Some(true)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_files_in_it_is_rejected() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("letters.txt"), "mine").expect("written");
        assert!(open_folder(Some(folder.path())).is_err());
        assert!(open_folder(Some(&folder.path().join("new"))).is_ok());
    }
}
