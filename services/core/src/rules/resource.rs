//! What an offer or a need must say.

use hedgerow_proto::v1;
use hedgerow_proto::v1::resource::Detail;

use super::Context;
use super::Findings;
use super::availability;
use super::shared;

/// Above this a number is a slip.
const MOST: u32 = 100_000;

pub(super) fn check_offer(offer: &v1::Offer, context: &Context<'_>, findings: &mut Findings) {
    shared::no_subject(context, findings);
    match &offer.resource {
        Some(resource) => {
            check(resource, findings);
            let space = matches!(resource.detail, Some(Detail::Space(_)));
            if space && resource.place.is_none() {
                findings.refuse(
                    "resource.place",
                    "place_required",
                    "Say where the room is. The place may be hidden.",
                );
            }
        }
        None => no_resource("Say what you offer.", findings),
    }
    shared::who_for("who_for", &offer.who_for, findings);
    shared::contacts(&offer.contacts, findings);
    shared::not_in_the_future(
        "confirmed_at",
        offer.confirmed_at.as_ref(),
        context,
        findings,
    );
    for (index, event) in offer.agreed_events.iter().enumerate() {
        shared::reference(&format!("agreed_events[{index}]"), event, "event", findings);
    }
}

pub(super) fn check_need(need: &v1::Need, context: &Context<'_>, findings: &mut Findings) {
    shared::no_subject(context, findings);
    match &need.resource {
        Some(resource) => check(resource, findings),
        None => no_resource("Say what you are looking for.", findings),
    }
    if need.within_km > 2_000 {
        findings.refuse(
            "within_km",
            "number_out_of_bounds",
            "Write how far you can travel, in kilometres: at most 2,000.",
        );
    }
    shared::price("can_pay", need.can_pay.as_ref(), findings);
    shared::contacts(&need.contacts, findings);
    shared::not_in_the_future(
        "confirmed_at",
        need.confirmed_at.as_ref(),
        context,
        findings,
    );
}

fn no_resource(message: &'static str, findings: &mut Findings) {
    findings.refuse("resource", "resource_required", message);
}

fn check(resource: &v1::Resource, findings: &mut Findings) {
    shared::required(
        "resource.title",
        &resource.title,
        "Give it a title, at most 120 characters.",
        findings,
    );
    shared::online("resource.online", resource.online.as_ref(), findings);
    shared::price("resource.price", resource.price.as_ref(), findings);
    if let Some(schedule) = &resource.schedule {
        shared::schedule("resource.schedule", schedule, findings);
    }
    if let Some(hours) = &resource.availability {
        availability::check("resource.availability", hours, findings);
    }
    if let Some(required) = &resource.required_of_borrower {
        let path = "resource.required_of_borrower.deposit";
        shared::money(path, required.deposit.as_ref(), findings);
    }
    for (index, link) in resource.links.iter().enumerate() {
        shared::link(&format!("resource.links[{index}]"), link, findings);
    }
    bounded(
        "resource.notice_hours",
        resource.notice_hours,
        24 * 366,
        findings,
    );
    match &resource.detail {
        Some(Detail::Space(space)) => check_space(space, findings),
        Some(Detail::Funding(funding)) => check_funding(funding, findings),
        Some(Detail::Equipment(equipment)) => {
            bounded(
                "resource.equipment.quantity",
                equipment.quantity,
                MOST,
                findings,
            );
            bounded(
                "resource.equipment.longest_days",
                equipment.longest_days,
                3_660,
                findings,
            );
        }
        Some(Detail::Training(training)) => {
            bounded("resource.training.places", training.places, MOST, findings);
        }
        Some(Detail::Documents(documents)) => {
            for (index, link) in documents.documents.iter().enumerate() {
                shared::link(
                    &format!("resource.documents.documents[{index}]"),
                    link,
                    findings,
                );
            }
        }
        Some(Detail::VolunteerTime(time)) => {
            bounded(
                "resource.volunteer_time.hours_a_week",
                time.hours_a_week,
                MOST,
                findings,
            );
            bounded(
                "resource.volunteer_time.people",
                time.people,
                MOST,
                findings,
            );
        }
        Some(Detail::TimeCredits(credits)) => {
            bounded(
                "resource.time_credits.credits",
                credits.credits,
                MOST,
                findings,
            );
            let minutes = credits.minutes_a_credit;
            bounded(
                "resource.time_credits.minutes_a_credit",
                minutes,
                MOST,
                findings,
            );
        }
        Some(Detail::Skills(_)) => {}
        None => findings.refuse(
            "resource",
            "resource_kind_required",
            "Say what kind of thing this is: space, equipment, skills, training, documents, \
             funding, volunteer time or time credits.",
        ),
    }
}

fn check_space(space: &v1::Space, findings: &mut Findings) {
    bounded("resource.space.capacity", space.capacity, MOST, findings);
    bounded(
        "resource.space.book_ahead_days",
        space.book_ahead_days,
        3_660,
        findings,
    );
    let (shortest, longest) = (space.shortest_minutes, space.longest_minutes);
    bounded(
        "resource.space.longest_minutes",
        longest,
        60 * 24 * 366,
        findings,
    );
    if longest != 0 && shortest > longest {
        findings.refuse(
            "resource.space.shortest_minutes",
            "shortest_above_longest",
            "The shortest use is longer than the longest.",
        );
    }
}

fn check_funding(funding: &v1::Funding, findings: &mut Findings) {
    shared::money(
        "resource.funding.smallest",
        funding.smallest.as_ref(),
        findings,
    );
    shared::money(
        "resource.funding.largest",
        funding.largest.as_ref(),
        findings,
    );
    if let (Some(smallest), Some(largest)) = (&funding.smallest, &funding.largest)
        && (smallest.currency != largest.currency || smallest.minor_units > largest.minor_units)
    {
        findings.refuse(
            "resource.funding.smallest",
            "smallest_above_largest",
            "The smallest grant is above the largest, or in another currency.",
        );
    }
    if funding.rolling && !funding.deadline.is_empty() {
        findings.refuse(
            "resource.funding.deadline",
            "deadline_of_rolling",
            "Either one can apply at any time, or there is a last day.",
        );
    }
}

fn bounded(path: &str, number: u32, most: u32, findings: &mut Findings) {
    if number > most {
        findings.refuse(
            path,
            "number_out_of_bounds",
            format!("This number is too large: at most {most} is taken."),
        );
    }
}
