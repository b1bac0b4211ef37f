//! The hours of an offer or need, expanded from its opening hours and its schedule.

use std::time::Duration;

use hedgerow_core::recurrence::{Budget, schedule_occurrences_within};
use hedgerow_core::summary::UseLimits;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_search::{Availability, Entry};

/// How far ahead dated times are compared.
const TIME_HORIZON: Duration = Duration::from_secs(92 * 24 * 60 * 60);
/// Dated times that are compared.
const MAX_TIMES: usize = 60;
/// Steps that the expansion of one record's times may take: several times those of a weekly
/// schedule with years of history.
pub(super) const MAX_STEPS: u64 = 4_000;

/// Expands the hours from a time on. Returns them with the steps that it took. A schedule that
/// takes more than [`MAX_STEPS`] has no dated times.
pub(super) fn expand(resource: &v1::Resource, from: Timestamp) -> (Availability, u64) {
    let schedule = resource.schedule.as_ref();
    let zone = schedule.map(|schedule| schedule.time_zone.as_str());
    let budget = Budget::new(MAX_STEPS);
    let dated = schedule.and_then(|schedule| {
        let until = from.plus(TIME_HORIZON);
        schedule_occurrences_within(schedule, from, until, MAX_TIMES, &budget).ok()
    });
    let dated = dated.unwrap_or_default();
    let limits = UseLimits::new(resource);
    let hours = Availability::new(resource.availability.as_ref(), zone, &dated, limits);
    (hours, MAX_STEPS - budget.steps_left())
}

/// The resource of an offer or need.
pub(super) fn resource(entry: &Entry) -> Option<&v1::Resource> {
    let of_need = entry.need().and_then(|need| need.resource.as_ref());
    of_need.or_else(|| entry.offer()?.resource.as_ref())
}
