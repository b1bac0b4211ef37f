//! `hedgerow login`.

use std::path::{Path, PathBuf};
use std::{env, fs};

use clap::Args;
use hedgerow_client::{Directory, Steward, StewardToken};

use super::publish_status::plain_address;
use crate::context::Context;
use crate::exit::Exit;
use crate::settings::Settings;
use crate::style;
use crate::usage::Usage;

/// Remembers your group's steward file, or the aggregator that you search, for every later
/// command in any folder. Options and environment variables override what is remembered.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hedgerow login node/stewards/kettle.json      for stewards; your node's aggregator is remembered too
  hedgerow login 'https://…#sha256=…'           to search only

`hedgerow settings` shows what is remembered, and `hedgerow settings --forget` deletes it.")]
pub struct Arguments {
    /// A steward file, or an aggregator's address.
    #[arg(value_name = "FILE|ADDRESS")]
    to: String,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let mut settings = match &context.settings {
        Ok(settings) => settings.clone(),
        Err(error) => return Err(Usage(error.clone()).into()),
    };
    let good = style::GOOD;
    if arguments.to.contains("://") {
        // An address that cannot be used is not remembered.
        Directory::new(&arguments.to, context.options()?)?;
        writeln!(
            context.out,
            "{good}Aggregator:{good:#} {}",
            plain_address(&arguments.to)
        )?;
        settings.aggregator = Some(arguments.to);
    } else {
        let file = absolute(Path::new(&arguments.to))?;
        let token = StewardToken::read(&file).map_err(hedgerow_client::ClientError::from)?;
        let group = token.group_id();
        let steward = Steward::new(token, context.options()?)?;
        settings.steward = Some(file.clone());
        writeln!(
            context.out,
            "{good}Steward file:{good:#} {}",
            file.display()
        )?;
        remember_aggregator(&steward, &mut settings, context).await?;
        writeln!(context.out, "Group: {group}")?;
    }
    let file = settings.write()?;
    let quiet = style::QUIET;
    writeln!(
        context.notes,
        "{quiet}Remembered in {}.{quiet:#}",
        file.display()
    )?;
    Ok(Exit::Done)
}

/// Remembers the first aggregator of the steward's node, unless one is remembered already. A
/// node that does not respond now does not prevent the login.
async fn remember_aggregator(
    steward: &Steward,
    settings: &mut Settings,
    context: &mut Context,
) -> anyhow::Result<()> {
    let care = style::CARE;
    let state = match steward.get_state().await {
        Ok(state) => state,
        Err(error) => {
            writeln!(
                context.notes,
                "{care}Your node does not respond:{care:#} {error}. The file is remembered all the \
                 same; `hedgerow doctor` checks again."
            )?;
            return Ok(());
        }
    };
    writeln!(
        context.out,
        "Your node responds; it calls the group `{}`.",
        state.label
    )?;
    if settings.aggregator.is_none()
        && let Some(delivery) = state.deliveries.first()
    {
        writeln!(
            context.out,
            "Aggregator: {} (your node's)",
            plain_address(&delivery.aggregator)
        )?;
        settings.aggregator = Some(delivery.aggregator.clone());
    }
    Ok(())
}

/// The path of a file from the root, so that it is found from every folder.
fn absolute(file: &Path) -> anyhow::Result<PathBuf> {
    match fs::canonicalize(file) {
        Ok(file) => Ok(file),
        // The error for a missing file is the token's own.
        Err(_) => Ok(env::current_dir()?.join(file)),
    }
}
