//! Whether a change is in force: signed by the node, and held by the aggregators.

use std::time::Duration;

use hedgerow_client::Steward;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;

use crate::Context;
use crate::Exit;
use crate::context::style;
use crate::progress;
use crate::wording;

/// How a group's changes stand at its node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Every change is under the newest head.
    Signed,
    /// Not yet, and it will be by itself.
    Waiting,
    /// Not until a person has done something.
    Stopped,
}

fn standing(state: &v1::StewardServiceGetGroupResponse) -> Standing {
    if state.heads.iter().any(|head| !head.stopped.is_empty()) {
        Standing::Stopped
    } else if state.heads.iter().any(|head| head.waiting_records > 0) {
        Standing::Waiting
    } else {
        Standing::Signed
    }
}

/// Waits until a change is in force everywhere or the time is up, and tells how it stands.
///
/// # Errors
/// Where the node does not answer.
pub async fn wait_and_tell(
    steward: &Steward,
    seconds: u64,
    context: &mut Context,
) -> anyhow::Result<Exit> {
    let state = wait(steward, seconds, context).await?;
    let (care, bad) = (style::CARE, style::BAD);
    let exit = match standing(&state) {
        Standing::Signed => Exit::Done,
        Standing::Waiting => {
            let for_what = if state.heads.iter().any(|head| head.waiting_for_answer) {
                "your node keeps it, and signs it when an aggregator has answered"
            } else {
                "your node keeps it, and has not signed it yet"
            };
            writeln!(
                context.out,
                "{care}Not yet in force:{care:#} {for_what}. Until then everybody is shown what was \
                 there before. It goes on by itself; `hedgerow status` tells how it stands."
            )?;
            Exit::Done
        }
        Standing::Stopped => {
            for head in state.heads.iter().filter(|head| !head.stopped.is_empty()) {
                writeln!(
                    context.out,
                    "{bad}Not in force:{bad:#} your node keeps it and signs nothing. {}",
                    head.stopped
                )?;
            }
            Exit::Failed
        }
    };
    deliveries(&state, context)?;
    Ok(exit)
}

/// Waits until all is signed and every aggregator holds it, or the time is up, or only a
/// person can help.
async fn wait(
    steward: &Steward,
    seconds: u64,
    context: &Context,
) -> anyhow::Result<v1::StewardServiceGetGroupResponse> {
    let spinner = progress::spinner(context, "waiting for the aggregators");
    let end = context.now().plus(Duration::from_secs(seconds));
    let state = loop {
        let state = steward.state().await?;
        let over = match standing(&state) {
            Standing::Signed => state.deliveries.iter().all(|delivery| delivery.up_to_date),
            Standing::Waiting => false,
            Standing::Stopped => true,
        };
        if over || context.now() >= end {
            break state;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    spinner.finish_and_clear();
    Ok(state)
}

/// What each aggregator holds, as the node last heard.
///
/// # Errors
/// Where it cannot be written.
pub fn deliveries(
    state: &v1::StewardServiceGetGroupResponse,
    context: &mut Context,
) -> anyhow::Result<()> {
    let care = style::CARE;
    if state.deliveries.is_empty() {
        writeln!(
            context.out,
            "{care}No aggregator is configured:{care:#} nobody can find it until the node's \
             configuration names one."
        )?;
    }
    let signed = standing(state) == Standing::Signed;
    for delivery in &state.deliveries {
        let line = line(delivery, signed, context.now());
        writeln!(context.out, "{line}")?;
        for refusal in delivery
            .admission
            .iter()
            .flat_map(|admission| &admission.refusals)
        {
            writeln!(
                context.out,
                "    does not keep {}/{}: {} ({})",
                refusal.collection, refusal.key, refusal.detail, refusal.reason
            )?;
        }
    }
    Ok(())
}

/// How it stands at one aggregator.
fn line(delivery: &v1::DeliveryState, signed: bool, now: Timestamp) -> String {
    let (good, care) = (style::GOOD, style::CARE);
    let name = plain_address(&delivery.aggregator);
    let status = delivery.admission.as_ref().map(v1::Admission::status);
    let status = wording::status(status.unwrap_or_default());
    // While changes wait, the newest head is the one without them.
    let head = if signed {
        "the newest head"
    } else {
        "the head before this change"
    };
    let error = wording::without_address(name, &delivery.last_error);
    let again = || {
        let in_how_long = delivery
            .next_attempt_at
            .and_then(|time| Timestamp::try_from(time).ok())
            .map(|time| wording::length(time.since(now)))
            .map(|length| format!(" in {length}"))
            .unwrap_or_default();
        format!("The node tries again{in_how_long}; you need do nothing.")
    };
    match (delivery.up_to_date, error.is_empty()) {
        (true, true) if signed => format!("{good}✓{good:#} {name} holds {head} ({status})"),
        (true, true) => format!("{care}•{care:#} {name} holds {head} ({status})"),
        (true, false) => {
            let heard = delivery
                .acknowledged_at
                .and_then(|time| Timestamp::try_from(time).ok())
                .map(|time| format!(", {} ago", wording::length(now.since(time))))
                .unwrap_or_default();
            format!(
                "{care}•{care:#} {name} held {head} when last heard from{heard}. Now: {error}. {}",
                again()
            )
        }
        (false, true) => format!("{care}…{care:#} {name} is being brought up to date ({status})"),
        (false, false) => format!("{care}•{care:#} {name}: {error}. {}", again()),
    }
}

/// An aggregator's address without the hash of its key.
pub fn plain_address(address: &str) -> &str {
    address.split_once('#').map_or(address, |(plain, _)| plain)
}

#[cfg(test)]
mod tests;
