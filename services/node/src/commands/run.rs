//! `hedgerow-node run`

use std::io;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::pin::pin;

use anyhow::Context;
use clap::Args;
use hedgerow_server::browser;
use hedgerow_server::listen::bind;
use hedgerow_server::manager::Manager;
use hedgerow_server::private_files::write_private;
use hedgerow_server::program::{command, println, shutdown_signal};

use super::desktop::make_folder;
use super::open::open_configured;
use crate::config::{Config, PROGRAM};
use crate::console::SHORT_LIFE;
use crate::node::Node;

#[derive(Debug, Default, Args)]
pub(super) struct Run {
    /// Creates the node if the folder has none, as in a new container: without a group, and
    /// without an aggregator.
    #[arg(long)]
    init: bool,
    /// Listens on this IP address and port instead of `listen` in the configuration.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
}

impl Run {
    /// Reads the configuration with these options, and makes it first if that is one of them.
    pub(super) fn config(&self, dir: &Path) -> anyhow::Result<Config> {
        if let Some(listen) = &self.listen {
            // Before anything is written, so that a typing error leaves no folder behind.
            let written = Config {
                listen: listen.clone(),
                ..Config::default()
            };
            written.listen_address()?;
        }
        if self.init {
            make_folder(dir)?;
        }
        let mut config = Config::load(dir)?;
        if let Some(listen) = &self.listen {
            config.listen.clone_from(listen);
        }
        Ok(config)
    }
}

/// Runs the node of a configuration. `opens_console`: opens it in a browser, where there is one.
pub(super) async fn run(config: Config, opens_console: bool) -> anyhow::Result<()> {
    let dir = &config.data_dir.clone();
    let mut shutdown = pin!(shutdown_signal());
    let manager = Manager::from_environment();
    let node = tokio::select! {
        node = manager.starting(open_configured(config)) => node?,
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
    if node.aggregators().is_empty() {
        tracing::warn!("no aggregator is configured: nothing is delivered");
    }
    let opened = match node.pages_address(local) {
        Some(pages) => offer_console(&node, &pages, (dir, opens_console)).await?,
        None => None,
    };
    // Its link works no more after that.
    let opened = tokio::spawn(async move {
        let _opened = opened;
        tokio::time::sleep(SHORT_LIFE).await;
    });
    let served = node.run(listener, manager.serving(shutdown));
    manager.watched(served, || node.check_store()).await?;
    opened.abort();
    // Ends when the page is deleted.
    let _ = opened.await;
    node.close().await;
    tracing::info!("the node has stopped");
    Ok(())
}

/// Shows a person at the terminal the way into the console. A link is never printed into a log.
async fn offer_console(
    node: &Node,
    pages: &str,
    (dir, opens_console): (&Path, bool),
) -> anyhow::Result<Option<OpenedPage>> {
    let is_terminal = io::stdout().is_terminal();
    if !is_terminal && !opens_console {
        if node.groups().await?.is_empty() {
            let command = command(PROGRAM, dir);
            tracing::info!("no group yet: `{command} console` prints a link to add one");
        }
        return Ok(None);
    }
    let link = format!("{pages}{}", node.console_link(SHORT_LIFE).await?);
    if is_terminal {
        println(format_args!(
            "The console, in a browser (the link works once, for 15 minutes):\n  {link}"
        ))?;
    }
    if opens_console {
        return open_in_browser(dir, &link).map(Some);
    }
    Ok(None)
}

/// A page that leads to a link. It is deleted when this is dropped.
struct OpenedPage(PathBuf);

impl Drop for OpenedPage {
    fn drop(&mut self) {
        // Only this user can read it, and its link works once.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Opens a link by a private file that leads to it: every user of this machine can read the
/// arguments of a program, and the link among them.
fn open_in_browser(dir: &Path, link: &str) -> anyhow::Result<OpenedPage> {
    let file = dir.join("open-console.html");
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\">\
         <meta http-equiv=\"refresh\" content=\"0; url={link}\"><title>Console</title>\n"
    );
    write_private(&file, page.as_bytes())?;
    let file = file.canonicalize().context("cannot find the folder")?;
    browser::open_on_screen(&file.display().to_string());
    Ok(OpenedPage(file))
}
