//! `hedgerow take-back`.

use std::collections::BTreeSet;
use std::path::Path;

use clap::Args;
use hedgerow_client::Steward;
use hedgerow_core::name::RecordName;
use hedgerow_input::labels::one_line;
use hedgerow_proto::steward_v1::RecordChange;
use hedgerow_proto::steward_v1::record_change::Change;
use serde_json::json;

use super::own_records::{OwnRecordName, list, select};
use super::publish_status::wait_and_print;
use crate::context::Context;
use crate::document::read_file;
use crate::exit::Exit;
use crate::usage::Usage;
use crate::{names, style};

/// Takes a record back. The group's next head does not contain it, and every aggregator
/// that receives the head stops showing it at once.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hedgerow take-back event.yaml                 the record that the file published
  hedgerow take-back \"Tuesday table\"            by its title
  hedgerow take-back 0123456789abcdef…          by its key
  hedgerow take-back event 0123456789abcdef…    by its kind and key

`hedgerow status` lists your records with their kinds and keys.")]
pub struct Arguments {
    /// A file, a title or a key; or a kind and a key.
    #[arg(required = true, num_args = 1..=2, value_name = "FILE|TITLE|KEY")]
    what: Vec<String>,
    /// Confirm that another record may go on showing the place, by the reason and name that
    /// the error states, such as `other_record_is_finer:event/0123`. Repeatable.
    #[arg(long, value_name = "REASON:RECORD")]
    confirm: Vec<String>,
    /// How long to wait for the aggregators, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    wait: u64,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let steward = context.steward()?;
    let names = match arguments.what.as_slice() {
        [kind, key] => vec![names::parse_record(kind, key)?],
        [one] if Path::new(one).is_file() => of_file(Path::new(one), &steward).await?,
        what => {
            let own = list(&steward).await?;
            let what = what.first().map_or("", String::as_str);
            vec![select(what, None, &own)?.name.clone()]
        }
    };
    withdraw(&names, &arguments.confirm, &steward).await?;
    for name in &names {
        if !arguments.json {
            let quiet = style::QUIET;
            writeln!(
                context.out,
                "Taken back at your node: {name} {quiet}(its next head does not contain \
                 it){quiet:#}"
            )?;
        }
    }
    if arguments.json {
        let records: Vec<_> = names
            .iter()
            .map(|name| json!({"collection": name.collection.as_str(), "key": name.key.as_str()}))
            .collect();
        context.print_json("take-back", &json!({"records": records}))?;
        return Ok(Exit::Done);
    }
    let exit = wait_and_print(&steward, arguments.wait, "Taken back", context).await?;
    writeln!(
        context.notes,
        "People who kept a copy can still show that it was once published."
    )?;
    Ok(exit)
}

/// Withdraws all records or none: together, so that none of them counts as a record that
/// still shows the place of another.
async fn withdraw(
    names: &[RecordName],
    confirmed: &[String],
    steward: &Steward,
) -> anyhow::Result<()> {
    if let [name] = names {
        return Ok(steward.withdraw_record_confirmed(name, confirmed).await?);
    }
    let changes = names.iter().map(|name| RecordChange {
        change: Some(Change::Withdraw(name.to_proto())),
    });
    steward
        .publish_records_confirmed(changes.collect(), confirmed, |_| {})
        .await?;
    Ok(())
}

/// The records that a file published: by their keys in it, or else by kind and title.
async fn of_file(file: &Path, steward: &Steward) -> anyhow::Result<Vec<RecordName>> {
    let documents = read_file(file)?;
    let own = list(steward).await?;
    let mut names = BTreeSet::new();
    for document in &documents {
        let what = match &document.key {
            Some(key) => key.clone(),
            None => document.title().ok_or_else(|| {
                Usage(format!(
                    "{} has neither a key nor a title: `hedgerow status` lists the keys",
                    document.origin
                ))
            })?,
        };
        let found: &OwnRecordName = select(&one_line(&what), Some(&document.kind), &own)?;
        names.insert(found.name.clone());
    }
    Ok(names.into_iter().collect())
}
