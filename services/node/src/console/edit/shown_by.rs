//! `/shown`: each directory that gets what the group publishes, and whether it shows it.

use hedgerow_core::time::Timestamp;
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_proto::ingest_v1::{Admission, PendingReason};
use hedgerow_proto::steward_v1;
use hedgerow_proto::steward_v1::StopReason;
use hedgerow_record_views::day;
use hedgerow_web::pages::console::ConsoleNav;
use hedgerow_web::pages::console::edit::{AddPlace, Place, Showing, ShownBy, ShownByView, Stopped};
use hedgerow_web::{Text, WebLink};

use super::super::failed::Failed;
use super::super::respond::{Shown, invalid, page};
use super::super::steward::InGroup;
use crate::config::IndexingChoice;
use crate::name_aggregator::may_name;
use crate::steward::get_group;
use crate::store::Role;

/// `GET`.
pub(super) async fn show(visit: InGroup) -> Shown {
    let view = view(&visit, AddPlace::default()).await?;
    page(&ShownBy::new(visit.frame(ConsoleNav::Shown), view))
}

/// The page again, with an address that could not be named.
pub(super) async fn again(visit: &InGroup, typed: AddPlace) -> Shown {
    let view = view(visit, typed).await?;
    invalid(&ShownBy::new(visit.frame(ConsoleNav::Shown), view))
}

async fn view(visit: &InGroup, typed: AddPlace) -> Result<ShownByView, Failed> {
    let state = get_group(visit.shared(), &visit.group).await?;
    let head = state.heads.first();
    let is_host = visit.steward.person().is_host;
    let may_name = visit.role == Role::Steward && may_name(visit.shared(), is_host);
    let named = visit.shared().named.of_group(&visit.group.id);
    let named: Vec<String> = named.iter().map(ToString::to_string).collect();
    let places = state.deliveries.iter().map(|delivery| {
        let mut place = place(delivery);
        let is_own = may_name && named.contains(&delivery.aggregator);
        place.remove = is_own.then(|| delivery.aggregator.clone());
        place
    });
    Ok(ShownByView {
        places: places.collect(),
        waiting: head.map_or(0, |head| u64::from(head.waiting_records)),
        stopped: head.and_then(describe_stop),
        is_waiting: head.is_some_and(|head| head.waiting_for_aggregator),
        add: may_name.then_some(typed),
        is_closed: visit.shared().config.indexing == IndexingChoice::Nobody,
        action: format!("{}/shown", visit.base()),
    })
}

/// An address without what is the same for all, and without its key.
pub(super) fn short(address: &str) -> &str {
    let address = address.trim_start_matches("https://");
    let address = address.split('#').next().unwrap_or(address);
    address.strip_suffix(":443").unwrap_or(address)
}

fn place(delivery: &steward_v1::DeliveryState) -> Place {
    let address = short(&delivery.aggregator);
    let admission = delivery.admission.clone().unwrap_or_default();
    let showing = showing(delivery, &admission);
    let refusals = admission.refusals.iter();
    let refused = refusals.take(MAX_REFUSALS).map(|refusal| &refusal.detail);
    let technical = [&delivery.last_error].into_iter().chain(refused);
    let next = delivery
        .next_attempt_time
        .and_then(|time| Timestamp::try_from(time).ok());
    let next = next.filter(|_| !delivery.up_to_date);
    let since = delivery
        .acknowledge_time
        .and_then(|time| Timestamp::try_from(time).ok());
    Place {
        link: WebLink::web(&format!("https://{address}")),
        address: Text::plain(address),
        showing,
        reason: Text::plain(&admission.reason),
        is_failing: !delivery.last_error.is_empty(),
        refused: u64::try_from(admission.refusals.len()).unwrap_or(u64::MAX),
        technical: technical
            .filter(|words| !words.is_empty())
            .map(|words| Text::plain(words))
            .collect(),
        remove: None,
        since: since.map(day),
        next: next.and_then(|next| {
            let utc = chrono::DateTime::from_timestamp_millis(next.as_millis())?;
            let zone = hedgerow_core::recurrence::parse_zone("Europe/London")?;
            Some(utc.with_timezone(&zone).naive_local())
        }),
    }
}

/// Records that a directory did not take, as far as they are listed.
const MAX_REFUSALS: usize = 20;

/// Describes why a head is not signed: in plain words, and with the command for the host.
pub(crate) fn describe_stop(head: &steward_v1::HeadState) -> Option<Stopped> {
    if head.stop_detail.is_empty() {
        return None;
    }
    Some(Stopped {
        why: match head.stop_reason() {
            StopReason::Behind => "shown-stop-behind",
            StopReason::Equivocation => "shown-stop-two",
            StopReason::Deactivated => "shown-ended",
            StopReason::ClockBehind => "shown-stop-clock",
            StopReason::SeqExhausted => "shown-stop-numbers",
            StopReason::RotatedOut | StopReason::Moved => "shown-stop-moved",
            StopReason::Forked => "shown-stop-forked",
            StopReason::AwaitingKeyEvent => "shown-stop-waits",
            StopReason::Unspecified => "shown-stop-other",
        },
        detail: Text::plain(&head.stop_detail),
    })
}

fn showing(delivery: &steward_v1::DeliveryState, admission: &Admission) -> Showing {
    match admission.status() {
        _ if delivery.acknowledged_seq == 0 && admission.status() == GroupStatus::Unspecified => {
            Showing::NotYet
        }
        GroupStatus::Active | GroupStatus::Unspecified if delivery.up_to_date => Showing::Now,
        GroupStatus::Active | GroupStatus::Unspecified => Showing::Older,
        GroupStatus::Pending => Showing::Not(match admission.pending_reason() {
            PendingReason::KeyLogMissing => "shown-pending-log",
            PendingReason::BodiesMissing => "shown-pending-bodies",
            PendingReason::DailyNewGroups => "shown-pending-new",
            PendingReason::HeadMissing => "shown-pending-head",
            PendingReason::Unspecified => "shown-pending",
        }),
        GroupStatus::Throttled => Showing::Not("shown-throttled"),
        GroupStatus::Stale => Showing::Not("shown-stale"),
        GroupStatus::Lapsed => Showing::Not("shown-lapsed"),
        GroupStatus::NotInvited => Showing::Not("shown-not-invited"),
        GroupStatus::Frozen => Showing::Not("shown-frozen"),
        GroupStatus::Ended => Showing::Not("shown-ended"),
        GroupStatus::Excluded => Showing::Not("shown-excluded"),
    }
}
