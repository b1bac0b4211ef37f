//! Rules of events.

use std::slice::from_ref;

use hedgerow_proto::v1;
use hedgerow_proto::v1::EventStatus;

use super::draft::Draft;
use super::violations::Violations;
use super::{parts, schedule};

/// A larger capacity is a typing error.
const MAX_PEOPLE: u32 = 100_000;

pub(super) fn check(event: &v1::Event, draft: &Draft<'_>, violations: &mut Violations) {
    parts::reject_subject(draft, violations);
    parts::require_text(
        "title",
        &event.title,
        "Give the event a title, at most 120 characters.",
        violations,
    );
    match &event.schedule {
        Some(times) if !times.start.is_empty() => {
            schedule::check("schedule", times, violations);
            schedule::check_cost("schedule", from_ref(times), draft, violations);
            // A cancelled event is announced, but no date of it is listed.
            if matches!(
                event.status(),
                EventStatus::Unspecified | EventStatus::Planned
            ) {
                schedule::check_dates("schedule", times, draft, violations);
            }
        }
        _ => violations.add(
            "schedule.start",
            "start_required",
            "Say when the event begins, as in 2026-03-31T19:00.",
        ),
    }
    let online = event.online.as_ref().is_some_and(|online| online.available);
    if event.place.is_none() && !online {
        violations.add(
            "place",
            "place_required",
            "Say where the event is, or that it is online. A place may be hidden.",
        );
    }
    if event.capacity > MAX_PEOPLE {
        violations.add(
            "capacity",
            "size_out_of_bounds",
            "Write how many people there is room for, or nothing.",
        );
    }
    for (index, host) in event.co_hosts.iter().enumerate() {
        parts::require_group(&format!("co_hosts[{index}]"), Some(host), violations);
    }
    parts::check_links("links", &event.links, violations);
    parts::check_online("online", event.online.as_ref(), violations);
    parts::check_who_for("who_for", &event.who_for, violations);
    parts::check_contacts(&event.contacts, violations);
    parts::check_price("price", event.price.as_ref(), violations);
}
