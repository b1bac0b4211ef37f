//! Rules of message parts that several kinds of record share.

use std::time::Duration;

use hedgerow_proto::v1;
use hedgerow_proto::v1::{ContactKind, Emphasis, PriceKind};

use super::draft::Draft;
use super::format;
use super::plain_text::is_blank;
use super::violations::Violations;
use crate::name::RecordName;
use crate::time::Timestamp;

const MAX_AGE: u32 = 130;
/// The largest difference between two clocks that are both treated as right.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(5 * 60);
/// Pence or cents: 10,000 million pounds.
const MAX_MINOR_UNITS: i64 = 1_000_000_000_000;

/// Rejects a text of which nothing can be seen.
pub(super) fn require_text(path: &str, text: &str, message: &str, violations: &mut Violations) {
    if is_blank(text) {
        violations.add(path, "missing", message);
    }
}

/// Rejects a subject: only catalogued listings have one.
pub(super) fn reject_subject(draft: &Draft<'_>, violations: &mut Violations) {
    if draft.subject.is_some() {
        violations.add(
            "subject",
            "subject_unexpected",
            "Only a catalogued listing names a subject. Leave it out.",
        );
    }
}

pub(super) fn check_confirm_time(
    time: Option<&prost_types::Timestamp>,
    draft: &Draft<'_>,
    violations: &mut Violations,
) {
    let Some(time) = time else { return };
    match Timestamp::try_from(time) {
        Ok(time) if time <= draft.now.plus(CLOCK_TOLERANCE) => {}
        _ => violations.add(
            "confirm_time",
            "in_the_future",
            "This was confirmed in the future, or at no time at all. Check the clock.",
        ),
    }
}

pub(super) fn check_who_for(path: &str, list: &[v1::WhoFor], violations: &mut Violations) {
    for (index, who) in list.iter().enumerate() {
        let path = format!("{path}[{index}]");
        if who.emphasis() == Emphasis::Unspecified {
            violations.add(
                format!("{path}.emphasis"),
                "emphasis_required",
                "Say whether it is only or mainly for them, or whether they are welcome among others.",
            );
        }
        let ages = who.ages.unwrap_or_default();
        let youngest = ages.youngest.unwrap_or(0);
        let oldest = ages.oldest.unwrap_or(MAX_AGE);
        if youngest > oldest || oldest > MAX_AGE {
            violations.add(
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
            violations.add(
                path,
                "empty_entry",
                "Say who this is for, or leave the entry out.",
            );
        }
    }
}

pub(super) fn check_contacts(list: &[v1::ContactChannel], violations: &mut Violations) {
    for (index, contact) in list.iter().enumerate() {
        let path = format!("contacts[{index}].value");
        let value = contact.value.trim();
        if value.is_empty() {
            violations.add(path, "missing", "Write the address or number.");
            continue;
        }
        let (is_valid, reason, message) = match contact.kind() {
            ContactKind::Email => (
                format::is_email(value),
                "email_malformed",
                "Write an e-mail address, such as hello@example.org.",
            ),
            ContactKind::Phone | ContactKind::Text | ContactKind::Relay => (
                format::is_phone(value),
                "phone_malformed",
                "Write only the number, such as 0191 496 0000.",
            ),
            ContactKind::Form => (
                format::is_url(value),
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
        if !is_valid {
            let path = if reason == "service_required" {
                format!("contacts[{index}].service")
            } else {
                path
            };
            violations.add(path, reason, message);
        }
    }
}

pub(super) fn check_online(path: &str, online: Option<&v1::Online>, violations: &mut Violations) {
    if online.is_some_and(|online| online.only && !online.available) {
        violations.add(
            format!("{path}.available"),
            "online_only_unavailable",
            "It is online only, but not available online. Say that it is available online.",
        );
    }
}

pub(super) fn check_price(path: &str, price: Option<&v1::Price>, violations: &mut Violations) {
    let Some(price) = price else { return };
    let amount = price.amount.as_ref();
    check_money(&format!("{path}.amount"), amount, violations);
    let minor_units = amount.map_or(0, |money| money.minor_units);
    match price.kind() {
        PriceKind::Unspecified => violations.add(
            format!("{path}.kind"),
            "price_kind_required",
            "Say whether it is free, pay what you can, at cost, or a set rate.",
        ),
        PriceKind::Free if minor_units != 0 => violations.add(
            format!("{path}.amount"),
            "price_of_free",
            "It is free but has a price. Leave the amount out, or choose another kind.",
        ),
        PriceKind::Rate if minor_units == 0 => violations.add(
            format!("{path}.amount"),
            "amount_required",
            "Write the amount of the rate.",
        ),
        PriceKind::Free | PriceKind::Rate | PriceKind::AtCost | PriceKind::PayWhatYouCan => {}
    }
}

pub(super) fn check_money(path: &str, money: Option<&v1::Money>, violations: &mut Violations) {
    let Some(money) = money else { return };
    if money.currency.is_empty() {
        violations.add(
            format!("{path}.currency"),
            "currency_required",
            "Say in which currency, such as GBP.",
        );
    }
    if !(0..=MAX_MINOR_UNITS).contains(&money.minor_units) {
        violations.add(
            format!("{path}.minor_units"),
            "amount_out_of_bounds",
            "Write the amount in pence or cents; £5.00 is 500.",
        );
    }
}

pub(super) fn check_links(path: &str, links: &[v1::Link], violations: &mut Violations) {
    for (index, link) in links.iter().enumerate() {
        check_link(&format!("{path}[{index}]"), link, violations);
    }
}

pub(super) fn check_link(path: &str, link: &v1::Link, violations: &mut Violations) {
    require_text(
        &format!("{path}.url"),
        &link.url,
        "Write the web address.",
        violations,
    );
}

/// Requires a group, by id or by name.
pub(super) fn require_group(
    path: &str,
    group: Option<&v1::GroupReference>,
    violations: &mut Violations,
) {
    let named = group.is_some_and(|it| !it.group_id.is_empty() || !it.name.trim().is_empty());
    if !named {
        violations.add(format!("{path}.name"), "missing", "Name the group.");
    }
}

/// Requires a complete reference to a record of one collection.
pub(super) fn check_references(
    path: &str,
    references: &[v1::RecordReference],
    collection: &str,
    violations: &mut Violations,
) {
    for (index, reference) in references.iter().enumerate() {
        let has_name = RecordName::parse(&reference.collection, &reference.key).is_ok();
        if reference.group_id.len() != 32 || !has_name || reference.collection != collection {
            violations.add(
                format!("{path}[{index}]"),
                "reference_malformed",
                format!("Point to one {collection} of one group: group id, collection and key."),
            );
        }
    }
}
