//! `hedgerow status`.

use clap::Args;
use hedgerow_client::Record;
use hedgerow_core::head::peek;
use hedgerow_core::id::GroupId;
use hedgerow_input::labels;
use hedgerow_input::labels::count;
use hedgerow_proto::ingest_v1::Admission;
use hedgerow_proto::steward_v1::record_audience::Audience;
use hedgerow_proto::steward_v1::{GetGroupResponse, StewardRecord, StopReason};
use hedgerow_proto::words::snake_word;
use serde_json::json;

use super::publish_status::{is_stopped, plain_address, print_deliveries};
use crate::context::Context;
use crate::exit::Exit;
use crate::style;

/// Shows your group as its node has it: its records, its newest head, and which head each
/// aggregator has.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let steward = context.steward()?;
    let state = steward.get_state().await?;
    let records = steward.list_records(None).await?;
    let group = steward.group_id();
    // A script that watches a group must notice that it is published no longer.
    let exit = if is_stopped(&state) {
        Exit::Failed
    } else {
        Exit::Done
    };
    if arguments.json {
        print_json(&state, &records, &group, context)?;
        return Ok(exit);
    }
    let (title, quiet, bad, care) = (style::TITLE, style::QUIET, style::BAD, style::CARE);
    writeln!(context.out, "{title}{}{title:#}", state.label)?;
    writeln!(context.out, "{quiet}{group}{quiet:#}")?;
    for head in &state.heads {
        match peek(&head.head) {
            Ok(peek) => writeln!(
                context.out,
                "Head {} of the {} view is the newest that the node has signed.",
                peek.position.seq.get(),
                head.view
            )?,
            Err(_) => writeln!(
                context.out,
                "Nothing has been published in the {} view yet.",
                head.view
            )?,
        }
        if head.waiting_for_aggregator {
            writeln!(
                context.out,
                "{care}Waiting:{care:#} your node signs {} when an aggregator responds.",
                count(usize::try_from(head.waiting_records)?, "change")
            )?;
            writeln!(
                context.out,
                "    You need not do anything. Only if no aggregator will ever respond again: \
                 `hedgerow sign --force`."
            )?;
        }
        if !head.stop_detail.is_empty() {
            writeln!(context.out, "{bad}Stopped:{bad:#} {}", head.stop_detail)?;
        }
    }
    print_deliveries(&state, context)?;
    writeln!(context.out, "\n{}:", count(records.len(), "record"))?;
    for record in &records {
        let (name, title) = name_and_title(record, &group);
        let audience = audience(record);
        writeln!(
            context.out,
            "  {name}\n      {title} {quiet}({audience}){quiet:#}"
        )?;
    }
    Ok(exit)
}

fn name_and_title(record: &StewardRecord, group: &GroupId) -> (String, String) {
    let name = record
        .name
        .as_ref()
        .map(|name| format!("{} {}", name.collection, name.key))
        .unwrap_or_default();
    let title = Record::parse(&record.record, group)
        .ok()
        .and_then(|record| record.title())
        .unwrap_or_else(|| "(no title)".to_owned());
    (name, title)
}

/// Whether a record is public and not yet under the newest head as it is.
pub fn is_waiting(record: &StewardRecord) -> bool {
    let audience = record
        .audience
        .as_ref()
        .and_then(|audience| audience.audience.as_ref());
    matches!(audience, None | Some(Audience::Public(_))) && !record.published
}

fn audience(record: &StewardRecord) -> &'static str {
    let audience = record
        .audience
        .as_ref()
        .and_then(|audience| audience.audience.as_ref());
    match (audience, record.published) {
        (Some(Audience::NodeOnly(_)), _) => "on the node only",
        (Some(Audience::Circle(_)), _) => "for a circle; on the node until circles exist",
        (_, true) => "public",
        (_, false) => "public, waiting to be signed",
    }
}

fn print_json(
    state: &GetGroupResponse,
    records: &[StewardRecord],
    group: &GroupId,
    context: &mut Context,
) -> anyhow::Result<()> {
    let heads: Vec<_> = state
        .heads
        .iter()
        .map(|head| {
            let stopped = match head.stop_reason() {
                StopReason::Unspecified => String::new(),
                reason => snake_word(reason),
            };
            json!({
                "view": head.view,
                "seq": peek(&head.head).ok().map(|peek| peek.position.seq.get()),
                "waiting_for_aggregator": head.waiting_for_aggregator,
                "waiting_records": head.waiting_records,
                "stopped": stopped,
            })
        })
        .collect();
    let deliveries: Vec<_> = state
        .deliveries
        .iter()
        .map(|delivery| {
            let status = delivery.admission.as_ref().map(Admission::status);
            json!({
                "aggregator": plain_address(&delivery.aggregator),
                "status": labels::status_word(status.unwrap_or_default()),
                "status_reason": delivery.admission.as_ref().map_or("", |it| it.reason.as_str()),
                "up_to_date": delivery.up_to_date,
                "acknowledged_seq": delivery.acknowledged_seq,
                "last_error": delivery.last_error,
            })
        })
        .collect();
    let records: Vec<_> = records
        .iter()
        .map(|record| {
            let name = record.name.clone().unwrap_or_default();
            json!({
                "collection": name.collection,
                "key": name.key,
                "title": name_and_title(record, group).1,
                "audience": audience(record),
                "published": record.published,
            })
        })
        .collect();
    let json = json!({
        "group_id": group.to_string(),
        "label": state.label,
        "heads": heads,
        "deliveries": deliveries,
        "records": records,
    });
    context.print_json("status", &json)
}
