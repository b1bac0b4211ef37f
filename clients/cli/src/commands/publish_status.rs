//! Whether a change is published: signed by the node, and received by the aggregators.

use std::time::Duration;

use hedgerow_client::Steward;
use hedgerow_core::time::Timestamp;
use hedgerow_input::labels;
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_proto::ingest_v1::Admission;
use hedgerow_proto::steward_v1::{DeliveryState, GetGroupResponse};

use crate::context::Context;
use crate::exit::Exit;
use crate::{progress, style};

const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Whether a group's changes are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SigningStatus {
    /// Every change is under the newest head.
    Signed,
    /// The node will sign without further action.
    Waiting,
    /// The node signs nothing until a person acts.
    Stopped,
}

impl SigningStatus {
    fn new(state: &GetGroupResponse) -> Self {
        if state.heads.iter().any(|head| !head.stop_detail.is_empty()) {
            Self::Stopped
        } else if state.heads.iter().any(|head| head.waiting_records > 0) {
            Self::Waiting
        } else {
            Self::Signed
        }
    }
}

/// Whether the node signs nothing until a person acts.
pub fn is_stopped(state: &GetGroupResponse) -> bool {
    SigningStatus::new(state) == SigningStatus::Stopped
}

/// Waits until a change is published everywhere or the time is up, and prints its status.
/// `done` names the change once an aggregator has it.
///
/// # Errors
/// If the node does not respond.
pub async fn wait_and_print(
    steward: &Steward,
    seconds: u64,
    done: &str,
    context: &mut Context,
) -> anyhow::Result<Exit> {
    let state = wait(steward, seconds, context).await?;
    let (care, bad) = (style::CARE, style::BAD);
    let exit = match SigningStatus::new(&state) {
        SigningStatus::Signed => {
            print_progress(&state, done, context)?;
            Exit::Done
        }
        SigningStatus::Waiting => {
            let next = if state.heads.iter().any(|head| head.waiting_for_aggregator) {
                "your node signs it when an aggregator responds"
            } else {
                "your node has not signed it yet"
            };
            writeln!(
                context.out,
                "{care}Saved, not published yet:{care:#} {next}. Until then people see the previous \
                 version. You need not do anything; `hedgerow status` shows when it is done."
            )?;
            Exit::Done
        }
        SigningStatus::Stopped => {
            for head in state
                .heads
                .iter()
                .filter(|head| !head.stop_detail.is_empty())
            {
                writeln!(
                    context.out,
                    "{bad}Saved, but not published:{bad:#} your node signs nothing. {}",
                    head.stop_detail
                )?;
            }
            Exit::Failed
        }
    };
    print_deliveries(&state, context)?;
    Ok(exit)
}

/// Prints how many aggregators have the signed change. Without any, people see nothing of it yet.
fn print_progress(
    state: &GetGroupResponse,
    done: &str,
    context: &mut Context,
) -> anyhow::Result<()> {
    let (good, care) = (style::GOOD, style::CARE);
    let all = state.deliveries.len();
    let holders = state.deliveries.iter().filter(|it| it.up_to_date).count();
    match holders {
        // Without aggregators, `print_deliveries` explains what is missing.
        0 if all == 0 => {}
        0 => writeln!(
            context.out,
            "{care}Saved; waiting for {}.{care:#}",
            labels::count(all, "aggregator")
        )?,
        _ if holders == all => writeln!(context.out, "{good}{done}.{good:#}")?,
        _ => writeln!(
            context.out,
            "{good}{done}{good:#} at {holders} of {}.",
            labels::count(all, "aggregator")
        )?,
    }
    Ok(())
}

/// Waits until all is signed and every aggregator has it, until the time is up, or until
/// only a person can help.
async fn wait(
    steward: &Steward,
    seconds: u64,
    context: &Context,
) -> anyhow::Result<GetGroupResponse> {
    let spinner = progress::spinner(context, "waiting for the aggregators");
    let end = context.now().plus(Duration::from_secs(seconds));
    let state = loop {
        let state = steward.get_state().await?;
        let is_over = match SigningStatus::new(&state) {
            SigningStatus::Signed => state.deliveries.iter().all(|delivery| delivery.up_to_date),
            SigningStatus::Waiting => false,
            SigningStatus::Stopped => true,
        };
        if is_over || context.now() >= end {
            break state;
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    };
    spinner.finish_and_clear();
    Ok(state)
}

/// Prints which head each aggregator has, by its last response to the node.
///
/// # Errors
/// If the output cannot be written.
pub fn print_deliveries(state: &GetGroupResponse, context: &mut Context) -> anyhow::Result<()> {
    let care = style::CARE;
    if state.deliveries.is_empty() {
        writeln!(
            context.out,
            "{care}No aggregator is configured:{care:#} people can find it only after the node's \
             configuration names one."
        )?;
    }
    let signing = SigningStatus::new(state);
    for delivery in &state.deliveries {
        let line = delivery_line(delivery, signing, context.now());
        writeln!(context.out, "{line}")?;
        for refusal in delivery
            .admission
            .iter()
            .flat_map(|admission| &admission.refusals)
        {
            writeln!(
                context.out,
                "    rejected {}/{}: {} ({})",
                refusal.collection, refusal.key, refusal.detail, refusal.reason
            )?;
        }
    }
    Ok(())
}

/// A line on one aggregator. A tick only if it has the newest head and responds.
fn delivery_line(delivery: &DeliveryState, signing: SigningStatus, now: Timestamp) -> String {
    let is_signed = signing == SigningStatus::Signed;
    let (good, care) = (style::GOOD, style::CARE);
    let name = plain_address(&delivery.aggregator);
    let admission = delivery.admission.clone().unwrap_or_default();
    if admission.status() == GroupStatus::Excluded {
        return excluded_line(name, &admission);
    }
    let status = labels::admission(&admission);
    // While changes wait, the newest head is the one without them.
    let head = if is_signed {
        "the newest head"
    } else {
        "the head before this change"
    };
    let error = labels::without_address(name, &delivery.last_error);
    let retry = || {
        // After a stop nothing new is delivered: the stop's own message says what to do.
        if signing == SigningStatus::Stopped {
            return String::new();
        }
        let delay = delivery
            .next_attempt_time
            .and_then(|time| Timestamp::try_from(time).ok())
            .map(|time| labels::duration(time.since(now)))
            .map(|delay| format!(" in {delay}"))
            .unwrap_or_default();
        format!(" The node tries again{delay}; you need not do anything.")
    };
    match (delivery.up_to_date, error.is_empty()) {
        (true, true) if is_signed => format!("{good}✓{good:#} {name} has {head} ({status})"),
        (true, true) => format!("{care}•{care:#} {name} has {head} ({status})"),
        (true, false) => {
            let age = delivery
                .acknowledge_time
                .and_then(|time| Timestamp::try_from(time).ok())
                .map(|time| format!(", {} ago", labels::duration(now.since(time))))
                .unwrap_or_default();
            format!(
                "{care}•{care:#} {name} had {head} at its last response{age}. Now: {error}.{}",
                retry()
            )
        }
        (false, true) => format!("{care}…{care:#} {name} is being updated ({status})"),
        (false, false) => format!("{care}•{care:#} {name}: {error}.{}", retry()),
    }
}

/// A line on an aggregator that shows nothing of the group, whatever the node delivers.
fn excluded_line(name: &str, admission: &Admission) -> String {
    let bad = style::BAD;
    let reason = match labels::one_line(&admission.reason) {
        reason if reason.is_empty() => "They gave no reason.".to_owned(),
        reason => format!("Their reason: {reason}"),
    };
    format!(
        "{bad}✗{bad:#} {name} does not show your group: the people who run that server have excluded \
         it. {reason}\n    Ask them about it. Your node goes on offering your records, so they come back \
         by themselves once the exclusion ends."
    )
}

/// An aggregator's address without the hash of its key.
pub fn plain_address(address: &str) -> &str {
    address.split_once('#').map_or(address, |(plain, _)| plain)
}

#[cfg(test)]
mod tests;
