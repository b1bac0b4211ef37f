//! `hedgerow-node run`

use std::io;
use std::io::IsTerminal as _;
use std::path::Path;
use std::pin::pin;

use anyhow::Context;
use hedgerow_server::browser;
use hedgerow_server::listen::bind;
use hedgerow_server::manager::Manager;
use hedgerow_server::private_files::write_private;
use hedgerow_server::program::{println, shutdown_signal};

use super::open::open;
use crate::console::SHORT_LIFE;
use crate::node::Node;

/// Runs the node. `opens_console`: opens it in a browser, where there is one.
pub(super) async fn run(dir: &Path, opens_console: bool) -> anyhow::Result<()> {
    let mut shutdown = pin!(shutdown_signal());
    let manager = Manager::from_environment();
    let node = tokio::select! {
        node = manager.starting(open(dir)) => node?,
        () = &mut shutdown => return Ok(()),
    };
    let listener = bind(node.config().listen_address()?).await?;
    let local = listener
        .local_addr()
        .context("cannot read the address of the listener")?;
    let groups = node.groups().await?.len();
    let address = node.steward_address(Some(local.port()));
    println(format_args!("{address}"))?;
    tracing::info!(%address, groups, "the node is running");
    if let Some(hint) = node.steward_address_hint() {
        tracing::warn!("{hint}");
    }
    if node.config().aggregators.is_empty() {
        tracing::warn!("no aggregator is configured: nothing is delivered");
    }
    if let Some(pages) = node.pages_address(local) {
        offer_console(&node, &pages, (dir, opens_console)).await?;
    }
    let served = node.run(listener, manager.serving(shutdown));
    manager.watched(served, || node.check_store()).await?;
    node.close().await;
    tracing::info!("the node has stopped");
    Ok(())
}

/// Shows a person at the terminal the way into the console. A link is never printed into a log.
async fn offer_console(
    node: &Node,
    pages: &str,
    (dir, opens_console): (&Path, bool),
) -> anyhow::Result<()> {
    let is_terminal = io::stdout().is_terminal();
    if !is_terminal && !opens_console {
        if node.groups().await?.is_empty() {
            let dir = dir.display();
            tracing::info!(
                "no group yet: `hedgerow-node --dir {dir} console` prints a link to add one"
            );
        }
        return Ok(());
    }
    let link = format!("{pages}{}", node.console_link(SHORT_LIFE).await?);
    if is_terminal {
        println(format_args!(
            "The console, in a browser (the link works once, for 15 minutes):\n  {link}"
        ))?;
    }
    if opens_console {
        open_in_browser(dir, &link)?;
    }
    Ok(())
}

/// Opens a link by a private file that leads to it: every user of this machine can read the
/// arguments of a program, and the link among them.
fn open_in_browser(dir: &Path, link: &str) -> anyhow::Result<()> {
    let file = dir.join("open-console.html");
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\">\
         <meta http-equiv=\"refresh\" content=\"0; url={link}\"><title>Console</title>\n"
    );
    write_private(&file, page.as_bytes())?;
    let file = file.canonicalize().context("cannot find the folder")?;
    browser::open_on_screen(&file.display().to_string());
    Ok(())
}
