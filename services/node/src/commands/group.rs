//! `hedgerow-node group add`, `list` and `token`

use std::path::Path;
use std::path::PathBuf;

use clap::Subcommand;

use super::open;
use super::phrase;
use super::talk::say;

#[derive(Debug, Subcommand)]
pub(super) enum Group {
    /// Adds a group: its phrase is shown once and asked back, then its keys are made.
    Add {
        /// Your own name for the group: of a-z, 0-9 and `-`. Never published.
        label: String,
        /// For scripts: takes the phrase from this file; where there is no such file, a
        /// fresh phrase is made and written there, readable by its owner only.
        #[arg(long, value_name = "FILE")]
        phrase_file: Option<PathBuf>,
    },
    /// Lists the groups.
    List,
    /// Makes a new token for a group's steward. The old one opens nothing any more.
    Token {
        /// The group.
        label: String,
    },
}

impl Group {
    pub(super) async fn carry_out(&self, dir: &Path) -> anyhow::Result<()> {
        match self {
            Self::Add { label, phrase_file } => add(dir, label, phrase_file.as_deref()).await,
            Self::List => list(dir).await,
            Self::Token { label } => token(dir, label).await,
        }
    }
}

async fn add(dir: &Path, label: &str, phrase_file: Option<&Path>) -> anyhow::Result<()> {
    // Opened first: nobody should write down twelve words for nothing.
    let node = open(dir).await?;
    node.check_new_label(label).await?;
    let phrase = match phrase_file {
        Some(file) => phrase::from_file(file)?,
        None => phrase::shown_and_asked_back(label)?,
    };
    let added = node.add_group(label, &phrase).await?;
    node.close().await;
    say(format_args!("The group `{label}` was added."))?;
    say(format_args!("  group id        {}", added.group_id))?;
    say(format_args!(
        "  steward's file  {}",
        added.token_file.display()
    ))?;
    say("Give that file to the group's steward, and to nobody else: it opens this group.")
}

async fn list(dir: &Path) -> anyhow::Result<()> {
    let node = open(dir).await?;
    let publishers = node.publishers().await?;
    node.close().await;
    if publishers.is_empty() {
        return say("No groups yet. `hedgerow-node group add LABEL` adds one.");
    }
    for publisher in publishers {
        say(format_args!("{}  {}", publisher.group_id, publisher.label))?;
    }
    Ok(())
}

async fn token(dir: &Path, label: &str) -> anyhow::Result<()> {
    let node = open(dir).await?;
    let renewed = node.renew_token(label).await?;
    node.close().await;
    say(format_args!(
        "A new token for `{label}` was made; the old one opens nothing any more."
    ))?;
    say(format_args!(
        "  steward's file  {}",
        renewed.token_file.display()
    ))
}
