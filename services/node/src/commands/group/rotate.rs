//! `hedgerow-node group rotate`

use std::path::Path;

use clap::Args;
use hedgerow_server::program::{command, println};

use super::key_change::{KeyChangeOptions, confirm, print_changed, print_plan};
use crate::commands::open::open;
use crate::commands::phrase;
use crate::config::{FILE_NAME, PROGRAM};
use crate::recovery::{Authority, RecoveryOptions};

#[derive(Debug, Args)]
pub(in crate::commands) struct Rotate {
    /// The group's label.
    label: String,
    #[command(flatten)]
    options: KeyChangeOptions,
    /// Goes on with this node's records, although an aggregator holds a newer head: for when
    /// somebody else signed that one.
    #[arg(long)]
    own_records: bool,
}

impl Rotate {
    pub(super) async fn run(&self, dir: &Path) -> anyhow::Result<()> {
        let node = open(dir).await?;
        node.group(&self.label).await?;
        let phrase = phrase::existing(self.options.phrase_file.as_deref(), &self.label)?;
        let options = RecoveryOptions {
            own_records: self.own_records,
            ..self.options.to_recovery_options()
        };
        let change = node
            .prepare_rotation(&self.label, &phrase, &options)
            .await?;
        print_plan(&change)?;
        let question = "The group gets new keys here, and its keys before end everywhere. Rotate?";
        if !confirm(self.options.yes, question)? {
            return println("Nothing was changed.");
        }
        let authority = Authority::Phrase(&phrase);
        let changed = node.apply_key_change(change, authority).await?;
        let configured = node.aggregators();
        node.close().await;
        println(format_args!("The group `{}` has new keys.", self.label))?;
        print_changed(&changed, dir)?;
        self.options
            .print_unconfigured(&configured, &dir.join(FILE_NAME))?;
        println(format_args!(
            "The steward's token is unchanged. If it leaked too: {} group token {}",
            command(PROGRAM, dir),
            self.label
        ))
    }
}
