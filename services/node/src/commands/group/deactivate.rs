//! `hedgerow-node group deactivate`

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use hedgerow_server::program::{println, start_command};

use super::key_change::print_delivered;
use crate::commands::open::open;
use crate::commands::phrase;
use crate::commands::terminal::{is_interactive, prompt};
use crate::config::PROGRAM;

#[derive(Debug, Args)]
pub(in crate::commands) struct Deactivate {
    /// The group's label.
    label: String,
    /// For scripts: reads the phrase from this file, or from standard input if it is -.
    #[arg(long, value_name = "FILE")]
    phrase_file: Option<PathBuf>,
    /// For scripts: the label again, as confirmation.
    #[arg(long, value_name = "LABEL")]
    confirm: Option<String>,
}

impl Deactivate {
    pub(super) async fn run(&self, dir: &Path) -> anyhow::Result<()> {
        let node = open(dir).await?;
        let group = node.group(&self.label).await?;
        println(format_args!(
            "This ends the group {} for good: everything that it published disappears from every \
             directory that learns of it, and nothing can be published under its id again.",
            group.group_id
        ))?;
        if !self.is_confirmed()? {
            node.close().await;
            return println("Nothing was changed.");
        }
        let phrase = phrase::existing(self.phrase_file.as_deref(), &self.label)?;
        let delivered = node.deactivate(&self.label, &phrase).await?;
        node.close().await;
        println(format_args!("The group `{}` was deactivated.", self.label))?;
        print_delivered(&delivered)?;
        if delivered.iter().any(|delivery| delivery.problem.is_some()) {
            println(format_args!(
                "Run the node until all have it: {}",
                start_command(PROGRAM, dir)
            ))?;
        }
        Ok(())
    }

    fn is_confirmed(&self) -> anyhow::Result<bool> {
        let typed = match &self.confirm {
            Some(typed) => typed.clone(),
            None if is_interactive() => prompt(&format!("To end the group, type {}:", self.label))?,
            None => bail!(
                "cannot ask for confirmation: standard input is not a terminal. In a script, add \
                 --confirm {}",
                self.label
            ),
        };
        Ok(typed == self.label)
    }
}
