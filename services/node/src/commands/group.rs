//! `hedgerow-node group add`, `list` and `token`

use std::path::{Path, PathBuf};

use clap::Subcommand;
use hedgerow_server::program::println;

use super::open::open;
use super::phrase;

#[derive(Debug, Subcommand)]
pub(super) enum Group {
    /// Adds a group: shows its phrase once, asks for some of its words, then creates its keys.
    Add {
        /// Your own name for the group: of a-z, 0-9 and `-`. Never published.
        label: String,
        /// For scripts: reads the phrase from this file. If the file does not exist, generates
        /// a phrase and writes it there, readable by its owner only.
        #[arg(long, value_name = "FILE")]
        phrase_file: Option<PathBuf>,
    },
    /// Lists the groups.
    List,
    /// Creates a new token for a group's steward. The old one stops working.
    Token {
        /// The group's label.
        label: String,
    },
}

impl Group {
    pub(super) async fn run(&self, dir: &Path) -> anyhow::Result<()> {
        match self {
            Self::Add { label, phrase_file } => add(dir, label, phrase_file.as_deref()).await,
            Self::List => list(dir).await,
            Self::Token { label } => token(dir, label).await,
        }
    }
}

async fn add(dir: &Path, label: &str, phrase_file: Option<&Path>) -> anyhow::Result<()> {
    // Opened and checked first, so that nobody writes down twelve words in vain.
    let node = open(dir).await?;
    node.check_new_label(label).await?;
    let phrase = match phrase_file {
        Some(file) => phrase::from_file(file)?,
        None => phrase::show_and_confirm(label)?,
    };
    let added = node.add_group(label, &phrase).await?;
    node.close().await;
    println(format_args!("The group `{label}` was added."))?;
    println(format_args!("  group id        {}", added.group_id))?;
    println(format_args!(
        "  steward's file  {}",
        added.token_file.display()
    ))?;
    println("Give that file to the group's steward, and to nobody else: it opens this group.")
}

async fn list(dir: &Path) -> anyhow::Result<()> {
    let node = open(dir).await?;
    let groups = node.groups().await?;
    node.close().await;
    if groups.is_empty() {
        return println("No groups yet. `hedgerow-node group add LABEL` adds one.");
    }
    for group in groups {
        println(format_args!("{}  {}", group.group_id, group.label))?;
    }
    Ok(())
}

async fn token(dir: &Path, label: &str) -> anyhow::Result<()> {
    let node = open(dir).await?;
    let renewed = node.renew_token(label).await?;
    node.close().await;
    println(format_args!(
        "A new token for `{label}` was created; the old one no longer works."
    ))?;
    println(format_args!(
        "  steward's file  {}",
        renewed.token_file.display()
    ))
}
