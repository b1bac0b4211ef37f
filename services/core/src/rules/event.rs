//! What an event must say.

use hedgerow_proto::v1;

use super::Context;
use super::Findings;
use super::shared;

/// More people than this do not come.
const MOST_PEOPLE: u32 = 100_000;

pub(super) fn check(event: &v1::Event, context: &Context<'_>, findings: &mut Findings) {
    shared::no_subject(context, findings);
    shared::required(
        "title",
        &event.title,
        "Give the event a title, at most 120 characters.",
        findings,
    );
    match &event.schedule {
        Some(schedule) if !schedule.start.is_empty() => {
            shared::schedule("schedule", schedule, findings);
        }
        _ => findings.refuse(
            "schedule.start",
            "start_required",
            "Say when the event begins, as in 2026-03-31T19:00.",
        ),
    }
    let online = event.online.as_ref().is_some_and(|online| online.available);
    if event.place.is_none() && !online {
        findings.refuse(
            "place",
            "place_required",
            "Say where the event is, or that it is online. A place may be hidden.",
        );
    }
    if event.capacity > MOST_PEOPLE {
        findings.refuse(
            "capacity",
            "size_out_of_bounds",
            "Write how many people there is room for, or nothing.",
        );
    }
    for (index, host) in event.co_hosts.iter().enumerate() {
        shared::group_named(&format!("co_hosts[{index}]"), Some(host), findings);
    }
    for (index, link) in event.links.iter().enumerate() {
        shared::link(&format!("links[{index}]"), link, findings);
    }
    shared::online("online", event.online.as_ref(), findings);
    shared::who_for("who_for", &event.who_for, findings);
    shared::contacts(&event.contacts, findings);
    shared::price("cost", event.cost.as_ref(), findings);
}
