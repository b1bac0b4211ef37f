//! `hedgerow take-back`.

use clap::Args;

use super::publish_status::wait_and_print;
use crate::context::Context;
use crate::exit::Exit;
use crate::{names, style};

/// Takes a record back. The group's next head does not contain it, and every aggregator
/// that receives the head stops showing it at once.
#[derive(Debug, Args)]
#[command(after_help = "`hedgerow status` lists your records with their kinds and keys.")]
pub struct Arguments {
    /// The record's kind: listing, event, offer …
    kind: String,
    /// The record's key.
    key: String,
    /// How long to wait for the aggregators, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    wait: u64,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let Arguments { kind, key, wait } = arguments;
    let name = names::parse_record(&kind, &key)?;
    let steward = context.steward()?;
    steward.withdraw_record(&name).await?;
    let quiet = style::QUIET;
    writeln!(
        context.out,
        "Taken back at your node: {name} {quiet}(its next head does not contain it){quiet:#}"
    )?;
    let exit = wait_and_print(&steward, wait, "Taken back", context).await?;
    writeln!(
        context.notes,
        "People who kept a copy can still show that it was once published."
    )?;
    Ok(exit)
}
