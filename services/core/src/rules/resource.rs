//! Rules of offers and needs.

use std::slice::from_ref;

use hedgerow_proto::v1;
use hedgerow_proto::v1::resource::Detail;

use super::draft::Draft;
use super::violations::Violations;
use super::{availability, parts, schedule};

/// A larger number is a typing error.
const MAX_NUMBER: u32 = 100_000;
/// Ten years.
const MAX_DAYS: u32 = 3_660;
/// A year.
const MAX_NOTICE_HOURS: u32 = 24 * 366;
/// A year.
const MAX_USE_MINUTES: u32 = 60 * 24 * 366;
const MAX_TRAVEL_KM: u32 = 2_000;

pub(super) fn check_offer(offer: &v1::Offer, draft: &Draft<'_>, violations: &mut Violations) {
    parts::reject_subject(draft, violations);
    match &offer.resource {
        Some(resource) => {
            check_resource(resource, draft, violations);
            let is_space = matches!(resource.detail, Some(Detail::Space(_)));
            if is_space && resource.place.is_none() {
                violations.add(
                    "resource.place",
                    "place_required",
                    "Say where the room is. The place may be hidden.",
                );
            }
        }
        None => add_missing_resource("Say what you offer.", violations),
    }
    parts::check_who_for("who_for", &offer.who_for, violations);
    parts::check_contacts(&offer.contacts, violations);
    parts::check_confirm_time(offer.confirm_time.as_ref(), draft, violations);
    parts::check_references("agreed_events", &offer.agreed_events, "event", violations);
}

pub(super) fn check_need(need: &v1::Need, draft: &Draft<'_>, violations: &mut Violations) {
    parts::reject_subject(draft, violations);
    match &need.resource {
        Some(resource) => check_resource(resource, draft, violations),
        None => add_missing_resource("Say what you are looking for.", violations),
    }
    if need.within_km > MAX_TRAVEL_KM {
        violations.add(
            "within_km",
            "number_out_of_bounds",
            "Write how far you can travel, in kilometres: at most 2,000.",
        );
    }
    parts::check_price("can_pay", need.can_pay.as_ref(), violations);
    parts::check_contacts(&need.contacts, violations);
    parts::check_confirm_time(need.confirm_time.as_ref(), draft, violations);
}

fn add_missing_resource(message: &'static str, violations: &mut Violations) {
    violations.add("resource", "resource_required", message);
}

fn check_resource(resource: &v1::Resource, draft: &Draft<'_>, violations: &mut Violations) {
    parts::require_text(
        "resource.title",
        &resource.title,
        "Give it a title, at most 120 characters.",
        violations,
    );
    parts::check_online("resource.online", resource.online.as_ref(), violations);
    parts::check_price("resource.price", resource.price.as_ref(), violations);
    if let Some(times) = &resource.schedule {
        let path = "resource.schedule";
        schedule::check(path, times, violations);
        schedule::check_cost(path, from_ref(times), draft, violations);
        schedule::check_dates(path, times, draft, violations);
    }
    if let Some(hours) = &resource.availability {
        availability::check("resource.availability", hours, violations);
    }
    if let Some(required) = &resource.required_of_borrower {
        let path = "resource.required_of_borrower.deposit";
        parts::check_money(path, required.deposit.as_ref(), violations);
    }
    parts::check_links("resource.links", &resource.links, violations);
    check_max(
        "notice_hours",
        resource.notice_hours,
        MAX_NOTICE_HOURS,
        violations,
    );
    match &resource.detail {
        Some(detail) => check_detail(detail, violations),
        None => violations.add(
            "resource",
            "resource_kind_required",
            "Say what kind of thing this is: space, equipment, skills, training, documents, \
             funding, volunteer time or time credits.",
        ),
    }
}

fn check_detail(detail: &Detail, violations: &mut Violations) {
    let mut check_number =
        |field: &str, number: u32, max: u32| check_max(field, number, max, violations);
    match detail {
        Detail::Space(space) => check_space(space, violations),
        Detail::Funding(funding) => check_funding(funding, violations),
        Detail::Equipment(equipment) => {
            check_number("equipment.quantity", equipment.quantity, MAX_NUMBER);
            check_number("equipment.longest_days", equipment.longest_days, MAX_DAYS);
        }
        Detail::Training(training) => {
            check_number("training.places", training.places, MAX_NUMBER);
        }
        Detail::Documents(documents) => {
            let path = "resource.documents.documents";
            parts::check_links(path, &documents.documents, violations);
        }
        Detail::VolunteerTime(time) => {
            check_number("volunteer_time.hours_a_week", time.hours_a_week, MAX_NUMBER);
            check_number("volunteer_time.people", time.people, MAX_NUMBER);
        }
        Detail::TimeCredits(credits) => {
            let minutes = credits.minutes_a_credit;
            check_number("time_credits.credits", credits.credits, MAX_NUMBER);
            check_number("time_credits.minutes_a_credit", minutes, MAX_NUMBER);
        }
        Detail::Skills(_) => {}
    }
}

fn check_space(space: &v1::Space, violations: &mut Violations) {
    check_max("space.capacity", space.capacity, MAX_NUMBER, violations);
    check_max(
        "space.book_ahead_days",
        space.book_ahead_days,
        MAX_DAYS,
        violations,
    );
    let (shortest, longest) = (space.shortest_minutes, space.longest_minutes);
    check_max(
        "space.longest_minutes",
        longest,
        MAX_USE_MINUTES,
        violations,
    );
    if longest != 0 && shortest > longest {
        violations.add(
            "resource.space.shortest_minutes",
            "shortest_above_longest",
            "The shortest use is longer than the longest.",
        );
    }
}

fn check_funding(funding: &v1::Funding, violations: &mut Violations) {
    parts::check_money(
        "resource.funding.smallest",
        funding.smallest.as_ref(),
        violations,
    );
    parts::check_money(
        "resource.funding.largest",
        funding.largest.as_ref(),
        violations,
    );
    if let (Some(smallest), Some(largest)) = (&funding.smallest, &funding.largest)
        && (smallest.currency != largest.currency || smallest.minor_units > largest.minor_units)
    {
        violations.add(
            "resource.funding.smallest",
            "smallest_above_largest",
            "The smallest grant is above the largest, or in another currency.",
        );
    }
    if funding.rolling && !funding.deadline.is_empty() {
        violations.add(
            "resource.funding.deadline",
            "deadline_of_rolling",
            "Say that people can apply at any time, or give a last day, not both.",
        );
    }
}

fn check_max(field: &str, number: u32, max: u32, violations: &mut Violations) {
    if number > max {
        violations.add(
            format!("resource.{field}"),
            "number_out_of_bounds",
            format!("This number is too large: at most {max} is allowed."),
        );
    }
}
