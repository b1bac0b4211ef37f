//! `hedgerow edit`.

use std::process::Command;
use std::{env, fs};

use anyhow::Context as _;
use clap::Args;
use hedgerow_client::Record;
use hedgerow_proto::steward_v1::record_audience::Audience;

use super::own_records::{OwnRecordName, list, select};
use super::publish::{PublishOptions, publish};
use super::show::document;
use crate::ask;
use crate::context::Context;
use crate::document::read_file;
use crate::exit::Exit;
use crate::usage::Usage;

/// Opens a record that you have published in your editor, and publishes the change.
///
/// The record comes from your node, so this works on any computer that has the steward file.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hedgerow edit listing
  hedgerow edit \"Tuesday table\"
  hedgerow edit \"Tuesday table\" --print > event.yaml

VISUAL or EDITOR names the editor.")]
pub struct Arguments {
    /// Its title or key, or its kind if there is one of that kind.
    #[arg(value_name = "TITLE|KEY|KIND")]
    what: String,
    /// Only print it as a document, for `hedgerow publish`.
    #[arg(long)]
    print: bool,
    /// How long to wait for the aggregators, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    wait: u64,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let steward = context.steward()?;
    let own = list(&steward).await?;
    let found = select(&arguments.what, None, &own)?;
    let record = Record::parse(&found.stored.record, &steward.group_id())?;
    let text = document(&record, audience(found), Some(&found.stored.etag))?;
    if arguments.print {
        writeln!(context.out, "{text}")?;
        return Ok(Exit::Done);
    }
    if context.answers.is_none() {
        let message = format!(
            "cannot open an editor, as this is not a terminal: `hedgerow edit {} --print > FILE`, \
             change the file, and `hedgerow publish FILE`",
            found.name
        );
        return Err(Usage(message).into());
    }
    let file = env::temp_dir().join(format!("hedgerow-{}.yaml", found.name.key));
    let header = "# Change what you like, save and close. Without a change nothing is published.\n";
    fs::write(&file, format!("{header}{text}\n"))
        .with_context(|| format!("cannot write {}", file.display()))?;
    let before = fs::read_to_string(&file)?;
    loop {
        open_editor(&file)?;
        if fs::read_to_string(&file)? == before {
            fs::remove_file(&file)?;
            writeln!(context.out, "Nothing was changed.")?;
            return Ok(Exit::Done);
        }
        let options = PublishOptions {
            keep_keys: false,
            names_file: false,
            wait: arguments.wait,
            json: false,
        };
        let published = match read_file(&file) {
            Ok(documents) => publish(documents, options, context).await,
            Err(error) => Err(error.into()),
        };
        match published {
            Ok(exit) => {
                fs::remove_file(&file)?;
                return Ok(exit);
            }
            Err(error) => {
                writeln!(context.notes, "{error}")?;
                if !ask::yes("Open the editor again?", context)? {
                    writeln!(context.notes, "Your change is in {}.", file.display())?;
                    return Ok(Exit::Failed);
                }
            }
        }
    }
}

fn audience(record: &OwnRecordName) -> &'static str {
    let audience = record.stored.audience.as_ref();
    match audience.and_then(|it| it.audience.as_ref()) {
        Some(Audience::NodeOnly(_)) => "node-only",
        _ => "public",
    }
}

fn open_editor(file: &std::path::Path) -> anyhow::Result<()> {
    let default = if cfg!(windows) { "notepad" } else { "nano" };
    let editor = ["VISUAL", "EDITOR"]
        .iter()
        .find_map(|name| env::var(name).ok().filter(|text| !text.trim().is_empty()))
        .unwrap_or_else(|| default.to_owned());
    // The variables may have arguments, as in `code --wait`.
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or(default);
    let status = Command::new(program)
        .args(words)
        .arg(file)
        .status()
        .with_context(|| format!("cannot start the editor `{editor}`: set EDITOR to yours"))?;
    anyhow::ensure!(
        status.success(),
        "the editor `{editor}` failed; your text is in {}",
        file.display()
    );
    Ok(())
}
