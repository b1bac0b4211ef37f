//! `hedgerow watch`.

use clap::Args;
use hedgerow_client::Change;
use hedgerow_client::ChangeState;
use hedgerow_core::id::GroupId;
use hedgerow_proto::v1;
use serde_json::json;

use crate::Context;
use crate::Exit;
use crate::context::style;
use crate::exit::Usage;
use crate::wording;

/// Shows groups' heads as they come, each checked. Ends with Ctrl-C.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Only this group.
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// Go on after this cursor, as an earlier run printed it.
    #[arg(long, value_name = "CURSOR", default_value = "")]
    after: String,
    /// End when everything that is held now has been shown.
    #[arg(long)]
    once: bool,
    /// Print whole group ids, as `hedgerow show` and `hedgerow verify` take them.
    #[arg(long, conflicts_with = "json")]
    ids: bool,
    /// Print one JSON object a line, for programs.
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let only: Option<GroupId> = arguments
        .group
        .as_deref()
        .map(|text| {
            text.parse()
                .map_err(|_| Usage(format!("“{text}” is not a group id")))
        })
        .transpose()?;
    let mut watch = context.directory()?.feed().watch(&arguments.after);
    let mut failed = false;
    loop {
        let change = tokio::select! {
            change = watch.next() => change?,
            _ = tokio::signal::ctrl_c() => break,
        };
        if change.began_anew {
            let care = style::CARE;
            writeln!(
                context.notes,
                "{care}The server does not know the cursor to go on after:{care:#} this is all \
                 that it holds, from the start."
            )?;
        }
        if let ChangeState::Head(checked) = &change.state {
            failed |= checked
                .as_ref()
                .as_ref()
                .is_err_and(hedgerow_client::ClientError::is_check);
        }
        if only.is_none_or(|only| only == change.group_id) {
            if arguments.json {
                line_json(&change, context)?;
            } else {
                line(&change, arguments.ids, context)?;
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
                    "{quiet}That is all that is held now. Waiting for news; Ctrl-C ends.{quiet:#}"
                )?;
            }
        }
    }
    Ok(if failed {
        Exit::CheckFailed
    } else {
        Exit::Done
    })
}

fn line(change: &Change, whole_id: bool, context: &mut Context) -> anyhow::Result<()> {
    let (good, care, bad) = (style::GOOD, style::CARE, style::BAD);
    let group = if whole_id {
        change.group_id.to_string()
    } else {
        wording::short(&change.group_id)
    };
    match &change.state {
        ChangeState::Head(checked) => match checked.as_ref() {
            Ok(evidence) => writeln!(
                context.out,
                "{group}  {good}head {}{good:#}  {}, {}",
                evidence.head().position().seq.get(),
                wording::count(usize::try_from(evidence.head().count())?, "record"),
                wording::head_age(evidence, context.now()),
            )?,
            Err(error) if error.is_check() => {
                writeln!(context.out, "{group}  {bad}does not hold:{bad:#} {error}")?;
            }
            Err(error) => writeln!(context.out, "{group}  {care}not checked:{care:#} {error}")?,
        },
        ChangeState::Status(status) => writeln!(
            context.out,
            "{group}  {care}{}{care:#}",
            wording::status(*status.on_the_servers_word())
        )?,
    }
    Ok(())
}

fn line_json(change: &Change, context: &mut Context) -> anyhow::Result<()> {
    let mut json = json!({
        "group_id": change.group_id.to_string(),
        "cursor": change.cursor,
        "caught_up": change.caught_up,
        "began_anew": change.began_anew,
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
                let holds = if error.is_check() {
                    false.into()
                } else {
                    serde_json::Value::Null
                };
                json["signature_holds"] = holds;
                json["error"] = error.reason().into();
            }
        },
        ChangeState::Status(status) => {
            let status: &v1::GroupStatus = status.on_the_servers_word();
            json["status"] = wording::status_name(*status).into();
        }
    }
    serde_json::to_writer(&mut context.out, &json)?;
    Ok(writeln!(context.out)?)
}
