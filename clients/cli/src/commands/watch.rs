//! `hedgerow watch`.

use clap::Args;
use hedgerow_client::{Change, ChangeState, GroupId};
use hedgerow_input::labels;
use hedgerow_input::labels::count;
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::results::sources;
use crate::{names, style};

/// Watches for new heads of groups, and checks each. Ends with Ctrl-C.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Only this group.
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// Start after this cursor, as an earlier run printed it.
    #[arg(long, value_name = "CURSOR", default_value = "")]
    after: String,
    /// End after the current heads.
    #[arg(long)]
    once: bool,
    /// Print whole group ids, for `hedgerow show` and `hedgerow verify`.
    #[arg(long, conflicts_with = "json")]
    ids: bool,
    /// Print one JSON object a line, for programs.
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let only = arguments.group.as_deref().map(names::parse_group);
    let only = only.transpose()?;
    let mut watch = context.directory()?.feed().watch(&arguments.after);
    let mut has_failed = false;
    loop {
        let change = tokio::select! {
            change = watch.next() => change?,
            _ = tokio::signal::ctrl_c() => break,
        };
        if change.restarted {
            let care = style::CARE;
            writeln!(
                context.notes,
                "{care}The server does not have this cursor any more:{care:#} this is every head \
                 that it has, from the start."
            )?;
        }
        if let ChangeState::Head(checked) = &change.state {
            has_failed |= checked
                .as_ref()
                .as_ref()
                .is_err_and(hedgerow_client::ClientError::is_verification);
        }
        if let Some(group) = change.group_id
            && only.is_none_or(|only| only == group)
        {
            if arguments.json {
                print_json(&change, group, context)?;
            } else {
                print_line(&change, group, arguments.ids, context)?;
            }
            context.out.flush()?;
        }
        if change.caught_up {
            if arguments.once {
                break;
            }
            if !arguments.json {
                let quiet = style::QUIET;
                writeln!(
                    context.notes,
                    "{quiet}These are all heads. Waiting for new ones; Ctrl-C ends.{quiet:#}"
                )?;
            }
        }
    }
    Ok(if has_failed {
        Exit::CheckFailed
    } else {
        Exit::Done
    })
}

fn print_line(
    change: &Change,
    group: GroupId,
    whole_id: bool,
    context: &mut Context,
) -> anyhow::Result<()> {
    let (good, care, bad) = (style::GOOD, style::CARE, style::BAD);
    let group = if whole_id {
        group.to_string()
    } else {
        labels::short(&group)
    };
    match &change.state {
        ChangeState::Head(checked) => match checked.as_ref() {
            Ok(evidence) => writeln!(
                context.out,
                "{group}  {good}head {}{good:#}  {}, {}",
                evidence.head().position().seq.get(),
                count(usize::try_from(evidence.head().count())?, "record"),
                sources::head_age(evidence, context.now()),
            )?,
            Err(error) if error.is_verification() => {
                writeln!(
                    context.out,
                    "{group}  {bad}failed its check:{bad:#} {error}"
                )?;
            }
            Err(error) => writeln!(context.out, "{group}  {care}not checked:{care:#} {error}")?,
        },
        ChangeState::Unchanged => {}
        ChangeState::Status(status) => writeln!(
            context.out,
            "{group}  {care}{}{care:#}",
            labels::status(*status.as_claimed())
        )?,
    }
    Ok(())
}

fn print_json(change: &Change, group: GroupId, context: &mut Context) -> anyhow::Result<()> {
    let mut json = json!({
        "group_id": group.to_string(),
        "cursor": change.cursor,
        "caught_up": change.caught_up,
        "began_anew": change.restarted,
    });
    match &change.state {
        ChangeState::Head(checked) => match checked.as_ref() {
            Ok(evidence) => {
                json["head"] = evidence.head().hash().to_string().into();
                json["seq"] = evidence.head().position().seq.get().into();
                json["count"] = evidence.head().count().into();
                json["head_age_s"] = evidence.head_age(context.now()).as_secs().into();
                json["signature_holds"] = true.into();
            }
            Err(error) => {
                let holds = if error.is_verification() {
                    false.into()
                } else {
                    serde_json::Value::Null
                };
                json["signature_holds"] = holds;
                json["error"] = error.reason().into();
            }
        },
        ChangeState::Unchanged => {}
        ChangeState::Status(status) => {
            json["status"] = labels::status_word(*status.as_claimed()).into();
        }
    }
    context.print_json_line("change", &json)
}
