//! Rules of the parts that several kinds of record share.

use hedgerow_proto::v1;
use hedgerow_proto::v1::ContactKind;
use hedgerow_proto::v1::Emphasis;
use hedgerow_proto::v1::PriceKind;

use super::Context;
use super::Findings;
use super::availability;
use super::forms;
use crate::name::RecordName;
use crate::recurrence::RecurrenceError;
use crate::recurrence::Series;
use crate::time::Timestamp;

/// Nobody is older.
const OLDEST_PERSON: u32 = 130;
/// Clocks differ by as much.
const CLOCK_TOLERANCE: std::time::Duration = std::time::Duration::from_secs(5 * 60);

/// Refuses a text that is empty or only spaces.
pub(super) fn required(path: &str, text: &str, message: &str, findings: &mut Findings) {
    if text.trim().is_empty() {
        findings.refuse(path, "required", message);
    }
}

/// Only listings have subjects.
pub(super) fn no_subject(context: &Context<'_>, findings: &mut Findings) {
    if context.subject.is_some() {
        findings.refuse(
            "subject",
            "subject_unexpected",
            "Only a catalogued listing names a subject. Leave it out.",
        );
    }
}

pub(super) fn not_in_the_future(
    path: &str,
    time: Option<&prost_types::Timestamp>,
    context: &Context<'_>,
    findings: &mut Findings,
) {
    let Some(time) = time else { return };
    match Timestamp::try_from(time) {
        Ok(time) if time <= context.now.plus(CLOCK_TOLERANCE) => {}
        _ => findings.refuse(
            path,
            "in_the_future",
            "This was confirmed in the future, or at no time at all. Check the clock.",
        ),
    }
}

pub(super) fn who_for(path: &str, list: &[v1::WhoFor], findings: &mut Findings) {
    for (index, who) in list.iter().enumerate() {
        let path = format!("{path}[{index}]");
        if who.emphasis() == Emphasis::Unspecified {
            findings.refuse(
                format!("{path}.emphasis"),
                "emphasis_required",
                "Say whether it is only or mainly for them, or whether they are welcome among others.",
            );
        }
        let ages = who.ages.unwrap_or_default();
        let youngest = ages.youngest.unwrap_or(0);
        let oldest = ages.oldest.unwrap_or(OLDEST_PERSON);
        if youngest > oldest || oldest > OLDEST_PERSON {
            findings.refuse(
                format!("{path}.ages"),
                "age_out_of_bounds",
                "Ages go from 0 to 130, the younger first.",
            );
        }
        let empty = who.communities.is_empty()
            && who.experiences.is_empty()
            && who.genders.is_empty()
            && ages.youngest.is_none()
            && ages.oldest.is_none()
            && !who.carers
            && who.own_words.trim().is_empty();
        if empty {
            findings.refuse(
                path,
                "empty_entry",
                "Say who this is for, or leave the entry out.",
            );
        }
    }
}

pub(super) fn contacts(list: &[v1::ContactChannel], findings: &mut Findings) {
    for (index, contact) in list.iter().enumerate() {
        let path = format!("contacts[{index}].value");
        let value = contact.value.trim();
        if value.is_empty() {
            findings.refuse(path, "required", "Write the address or number.");
            continue;
        }
        let (fits, reason, message) = match contact.kind() {
            ContactKind::Email => (
                forms::is_email(value),
                "email_malformed",
                "Write an e-mail address, such as hello@example.org.",
            ),
            ContactKind::Phone | ContactKind::Text | ContactKind::Relay => (
                forms::is_phone(value),
                "phone_malformed",
                "Write only the number, such as 0191 496 0000.",
            ),
            ContactKind::Form => (
                forms::is_url(value),
                "url_malformed",
                "Write the whole web address, beginning with https:// or http://.",
            ),
            ContactKind::Messaging | ContactKind::Other => (
                !contact.service.trim().is_empty(),
                "service_required",
                "Say which service this is on.",
            ),
            ContactKind::Post | ContactKind::Unspecified => continue,
        };
        if !fits {
            let path = if reason == "service_required" {
                format!("contacts[{index}].service")
            } else {
                path
            };
            findings.refuse(path, reason, message);
        }
    }
}

pub(super) fn online(path: &str, online: Option<&v1::Online>, findings: &mut Findings) {
    if online.is_some_and(|online| online.only && !online.available) {
        findings.refuse(
            format!("{path}.available"),
            "online_only_unavailable",
            "It is online only, and not online. Say that it is available online.",
        );
    }
}

pub(super) fn price(path: &str, price: Option<&v1::Price>, findings: &mut Findings) {
    let Some(price) = price else { return };
    let amount = price.amount.as_ref();
    money(&format!("{path}.amount"), amount, findings);
    let worth = amount.map_or(0, |money| money.minor_units);
    match price.kind() {
        PriceKind::Unspecified => findings.refuse(
            format!("{path}.kind"),
            "price_kind_required",
            "Say whether it is free, pay what you can, at cost, or a set rate.",
        ),
        PriceKind::Free if worth != 0 => findings.refuse(
            format!("{path}.amount"),
            "price_of_free",
            "It is free and has a price. Leave the amount out, or choose another kind.",
        ),
        PriceKind::Rate if worth == 0 => findings.refuse(
            format!("{path}.amount"),
            "amount_required",
            "Write the amount of the rate.",
        ),
        PriceKind::Free | PriceKind::Rate | PriceKind::Cost | PriceKind::PayWhatYouCan => {}
    }
}

pub(super) fn money(path: &str, money: Option<&v1::Money>, findings: &mut Findings) {
    let Some(money) = money else { return };
    if money.currency.is_empty() {
        findings.refuse(
            format!("{path}.currency"),
            "currency_required",
            "Say in which currency, such as GBP.",
        );
    }
    if !(0..=1_000_000_000_000).contains(&money.minor_units) {
        findings.refuse(
            format!("{path}.minor_units"),
            "amount_out_of_bounds",
            "Write the amount in pence or cents; £5.00 is 500.",
        );
    }
}

pub(super) fn link(path: &str, link: &v1::Link, findings: &mut Findings) {
    required(
        &format!("{path}.url"),
        &link.url,
        "Write the web address.",
        findings,
    );
}

/// A group by id or by name.
pub(super) fn group_named(path: &str, group: Option<&v1::GroupReference>, findings: &mut Findings) {
    let named = group.is_some_and(|it| !it.group_id.is_empty() || !it.name.trim().is_empty());
    if !named {
        findings.refuse(format!("{path}.name"), "required", "Name the group.");
    }
}

/// A whole reference to a record of one collection.
pub(super) fn reference(
    path: &str,
    reference: &v1::RecordReference,
    collection: &str,
    findings: &mut Findings,
) {
    let named = RecordName::parse(&reference.collection, &reference.key).is_ok();
    if reference.group_id.len() != 32 || !named || reference.collection != collection {
        findings.refuse(
            path,
            "reference_malformed",
            format!("Point to one {collection} of one group: group id, collection and key."),
        );
    }
}

/// A schedule: in words, or with a start and what follows from it.
pub(super) fn schedule(path: &str, schedule: &v1::Schedule, findings: &mut Findings) {
    for (index, holiday) in schedule.breaks.iter().enumerate() {
        let path = format!("{path}.breaks[{index}]");
        availability::days(&path, &holiday.first_day, &holiday.last_day, findings);
    }
    if schedule.start.is_empty() {
        let dated = !schedule.end.is_empty()
            || schedule.duration_minutes != 0
            || !schedule.rrules.is_empty()
            || !schedule.exdates.is_empty()
            || !schedule.rdates.is_empty();
        if dated || schedule.words.trim().is_empty() {
            findings.refuse(
                format!("{path}.start"),
                "start_required",
                "Say when it first happens, as in 2026-03-31T19:00, or say in words when it does.",
            );
        }
        return;
    }
    if schedule.time_zone.is_empty() {
        findings.refuse(
            format!("{path}.time_zone"),
            "time_zone_required",
            "Say in which time zone this is, such as Europe/London.",
        );
    }
    // What single fields say of themselves was said before: here is how they fit.
    let Err(error) = Series::parse(schedule) else {
        return;
    };
    let (field, message) = match &error {
        RecurrenceError::Zone(_) | RecurrenceError::NoStart | RecurrenceError::TooMany => return,
        RecurrenceError::Time(text) if *text == schedule.start || *text == schedule.end => {
            let field = if *text == schedule.start {
                "start"
            } else {
                "end"
            };
            (
                field,
                "Write the date and time as in 2026-03-31T19:00.".to_owned(),
            )
        }
        RecurrenceError::Time(_) => return,
        RecurrenceError::Length => (
            "end",
            "It ends after it begins and lasts at most 31 days. Give an end or a length in \
             minutes, not both."
                .to_owned(),
        ),
        RecurrenceError::Rule(rule) => ("rrules", format!("About the repeating rule: {rule}.")),
    };
    findings.refuse(format!("{path}.{field}"), error.reason(), message);
}
