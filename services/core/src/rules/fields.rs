//! Rules that hold for a field wherever it stands: how long a text may be, how many
//! there may be, what form an address, date or language has.

use std::collections::HashMap;

use super::Findings;
use super::forms;
use super::schema::Field;
use super::schema::Kind;
use super::schema::schema;
use super::walk::Found;
use super::walk::Value;
use super::walk::Walk;
use crate::recurrence::parse_date;
use crate::recurrence::parse_local;
use crate::recurrence::parse_zone;

/// A name or title.
const TITLE: usize = 120;
/// A sentence or two.
const SUMMARY: usize = 600;
/// What fits on a line.
const SHORT: usize = 300;
/// A tag.
const TAG: usize = 100;
/// A paragraph.
const PARAGRAPH: usize = 2_000;
/// As long as anyone likes.
const LONG: usize = 10_000;
/// A web address.
const URL: usize = 2_000;
/// Most lists.
const MANY: usize = 200;

/// What a list holds at most, where that is not [`MANY`].
const LIST_LIMITS: [(&str, usize); 13] = [
    ("hedgerow.v1.Listing.places", 50),
    ("hedgerow.v1.Listing.contacts", 30),
    ("hedgerow.v1.Listing.who_for", 50),
    ("hedgerow.v1.Listing.schedules", 50),
    ("hedgerow.v1.Listing.roles", 10),
    ("hedgerow.v1.Listing.agreed_events", 1_000),
    ("hedgerow.v1.Offer.agreed_events", 1_000),
    ("hedgerow.v1.Event.contacts", 30),
    ("hedgerow.v1.Event.co_hosts", 50),
    ("hedgerow.v1.Schedule.rrules", 5),
    ("hedgerow.v1.Schedule.exdates", 150),
    ("hedgerow.v1.Schedule.rdates", 150),
    ("hedgerow.v1.Schedule.breaks", 100),
];

/// Checks every field that was found.
pub(super) fn check(walk: &Walk<'_>, findings: &mut Findings) {
    let mut counts: HashMap<(&str, &str), usize> = HashMap::new();
    for found in &walk.found {
        if found.field.repeated {
            let list = found.path.rsplit_once('[').map_or("", |(list, _)| list);
            *counts.entry((list, &found.field.full_name)).or_default() += 1;
        }
        match found.value {
            Value::Text(text) => check_text(found, text, findings),
            Value::Bytes(bytes) => {
                // All byte strings of a record's body are group ids.
                if !bytes.is_empty() && bytes.len() != 32 {
                    findings.refuse(
                        &found.path,
                        "group_id_malformed",
                        "A group id has 32 bytes: 64 digits and letters from a to f.",
                    );
                }
            }
            Value::Enum(number) => {
                if let Kind::Enum(name) = &found.field.kind
                    && !schema().has_value(name, number)
                {
                    findings.refuse(
                        &found.path,
                        "unknown_value",
                        "This version does not know this choice. Choose another, or bring the \
                         node up to date.",
                    );
                }
            }
            Value::Message => {}
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable();
    for ((list, field), count) in counts {
        let limit = LIST_LIMITS
            .iter()
            .find(|(name, _)| *name == field)
            .map_or(MANY, |(_, n)| *n);
        if count > limit {
            findings.refuse(
                list,
                "too_many",
                format!("There are {count} of these; at most {limit} are taken."),
            );
        }
    }
}

fn check_text(found: &Found<'_>, text: &str, findings: &mut Findings) {
    let (limit, length) = (limit(found.field), text.chars().count());
    if length > limit {
        findings.refuse(
            &found.path,
            "too_long",
            format!("This has {length} characters; at most {limit} are taken. Shorten it."),
        );
    }
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        findings.refuse(
            &found.path,
            "control_character",
            "This holds characters that cannot be shown. Type it anew.",
        );
    }
    if text.trim().is_empty() {
        if found.field.repeated {
            findings.refuse(
                &found.path,
                "empty_entry",
                "This entry is empty: fill it or leave it out.",
            );
        }
        return;
    }
    if let Some((fits, reason, message)) = form(found.field)
        && !fits(text)
    {
        findings.refuse(&found.path, reason, message);
    }
}

/// The form that a text field has wherever it stands, its reason and what to tell.
#[expect(clippy::type_complexity, reason = "a row of a table")]
fn form(field: &Field) -> Option<(fn(&str) -> bool, &'static str, &'static str)> {
    Some(match field.name.as_str() {
        "url" | "website" | "map_link" => (
            forms::is_url,
            "url_malformed",
            "Write the whole web address, beginning with https:// or http://.",
        ),
        "languages" => (
            forms::is_language,
            "language_malformed",
            "Write the language as a code, such as en, ur or bfi.",
        ),
        "time_zone" => (
            |text| parse_zone(text).is_some(),
            "time_zone_unknown",
            "Write the time zone as in Europe/London.",
        ),
        "currency" => (
            forms::is_currency,
            "currency_malformed",
            "Write the currency as three letters, such as GBP.",
        ),
        "country" => (
            forms::is_country,
            "country_malformed",
            "Write the country as two letters, such as GB.",
        ),
        "exdates" | "rdates" => (
            |text| parse_local(text).is_some(),
            "time_malformed",
            "Write the date and time as in 2026-03-31T19:00.",
        ),
        "first_day" | "last_day" | "paused_until" | "given_on" | "funded_until"
        | "offered_until" | "needed_by" | "deadline" | "reviewed_on" | "baseline_on" | "due_on"
        | "on" => (
            |text| parse_date(text).is_some(),
            "date_malformed",
            "Write the date as in 2026-03-31.",
        ),
        _ => return None,
    })
}

/// The most characters of a text field.
fn limit(field: &Field) -> usize {
    match field.name.as_str() {
        "title" | "label" => TITLE,
        // A name of the thing itself; of others, sources and registers.
        "name" if field.full_name == "hedgerow.v1.Listing.name" => TITLE,
        "url" | "website" | "map_link" => URL,
        "summary" => SUMMARY,
        "description"
        | "text"
        | "sustainability"
        | "anything_else"
        | "why_peer_support"
        | "how_decisions_are_made"
        | "first_time"
        | "situation"
        | "what_helped"
        | "what_changed"
        | "how_to_ask"
        | "how_to_apply"
        | "safety_note"
        | "purpose"
        | "instructions"
        | "reporting" => LONG,
        name if name.ends_with("_words") => LONG,
        "words" | "note" | "directions" | "own_words" | "leave" | "in_return" | "toilets"
        | "out_of_hours" | "who_is_on_site" | "handover" | "background" | "entry" | "checks"
        | "expenses" | "conditions" | "other" | "content_note" | "how_to_get_in"
        | "who_decides" | "co_designed_with" | "given_by" | "where_given" => PARAGRAPH,
        "postcode" | "plus_code" | "currency" | "country" => 20,
        _ if is_tag(field) => TAG,
        _ => SHORT,
    }
}

/// Whether the field holds tags: open words, often ids of the vocabulary.
pub(super) fn is_tag(field: &Field) -> bool {
    matches!(
        field.name.as_str(),
        "tags"
            | "self_descriptions"
            | "meanings_of_peer"
            | "formality"
            | "leadership"
            | "values"
            | "approaches"
            | "structures"
            | "settings"
            | "activities"
            | "membership_basis"
            | "how_to_join"
            | "organisation_forms"
            | "duration"
            | "communities"
            | "experiences"
            | "genders"
            | "funding_statuses"
            | "evaluations"
            | "help_wanted"
            | "features"
            | "items"
            | "skills"
            | "topics"
            | "kinds"
            | "tasks"
            | "used_terms"
            | "rejected_terms"
    ) || field.full_name == "hedgerow.v1.PeerWork.roles"
}
