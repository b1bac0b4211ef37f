//! Rules that apply to a field by its name or type, in every kind of record: the length
//! of a text, the number of entries, the format of an address, date or language.

use std::collections::HashMap;

use super::format;
use super::schema::{Field, FieldType, schema};
use super::violations::Violations;
use super::wire_walk::{FieldValue, Value, Walk};
use crate::recurrence::{parse_date, parse_local, parse_zone};

// Characters of a text, not bytes.
const MAX_TITLE: usize = 120;
/// A sentence or two.
const MAX_SUMMARY: usize = 600;
/// A line; the limit of every field that has no other.
const MAX_LINE: usize = 300;
const MAX_TAG: usize = 100;
const MAX_PARAGRAPH: usize = 2_000;
/// A text of any kind that a group may want to write at length.
const MAX_LONG_TEXT: usize = 10_000;
const MAX_URL: usize = 2_000;
/// A postcode, plus code, currency or country.
const MAX_CODE: usize = 20;

/// Entries of a list that is not in [`MAX_ENTRIES`].
const DEFAULT_MAX_ENTRIES: usize = 200;
const MAX_ENTRIES: [(&str, usize); 13] = [
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

/// Checks every field of a message.
pub(super) fn check(walk: &Walk<'_>, violations: &mut Violations) {
    let mut counts: HashMap<(&str, &str), usize> = HashMap::new();
    for found in &walk.values {
        if found.field.repeated {
            let list = found.path.rsplit_once('[').map_or("", |(list, _)| list);
            *counts.entry((list, &found.field.full_name)).or_default() += 1;
        }
        match found.value {
            Value::Text(text) => check_text(found, text, violations),
            Value::Bytes(bytes) => {
                // All byte strings of a record's body are group ids.
                if !bytes.is_empty() && bytes.len() != 32 {
                    violations.add(
                        &found.path,
                        "group_id_malformed",
                        "A group id has 32 bytes: 64 digits and letters from a to f.",
                    );
                }
            }
            Value::Enum(number) => {
                if let FieldType::Enum(name) = &found.field.field_type
                    && !schema().has_value(name, number)
                {
                    violations.add(
                        &found.path,
                        "unknown_value",
                        "This node does not support this choice. Choose another, or update the \
                         node.",
                    );
                }
            }
            Value::Message => {}
        }
    }
    // Sorted, because a hash map would report violations in another order each time.
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable();
    for ((list, field), count) in counts {
        let max = MAX_ENTRIES
            .iter()
            .find(|(name, _)| *name == field)
            .map_or(DEFAULT_MAX_ENTRIES, |(_, max)| *max);
        if count > max {
            violations.add(
                list,
                "too_many",
                format!("There are {count} of these; at most {max} are allowed."),
            );
        }
    }
}

fn check_text(found: &FieldValue<'_>, text: &str, violations: &mut Violations) {
    let (max, length) = (max_chars(found.field), text.chars().count());
    if length > max {
        violations.add(
            &found.path,
            "too_long",
            format!("This has {length} characters; at most {max} are allowed. Shorten it."),
        );
    }
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        violations.add(
            &found.path,
            "control_character",
            "This contains characters that cannot be shown. Type it again.",
        );
    }
    if text.trim().is_empty() {
        if found.field.repeated {
            violations.add(
                &found.path,
                "empty_entry",
                "This entry is empty: fill it or leave it out.",
            );
        }
        return;
    }
    if let Some((is_valid, reason, message)) = format_of(found.field)
        && !is_valid(text)
    {
        violations.add(&found.path, reason, message);
    }
}

/// Returns the format of a text field, chosen by its name, with the reason and the
/// message of its violation.
#[expect(clippy::type_complexity, reason = "a row of a table")]
fn format_of(field: &Field) -> Option<(fn(&str) -> bool, &'static str, &'static str)> {
    Some(match field.name.as_str() {
        "url" | "website" | "map_link" => (
            format::is_url,
            "url_malformed",
            "Write the whole web address, beginning with https:// or http://.",
        ),
        "languages" => (
            format::is_language,
            "language_malformed",
            "Write the language as a code, such as en, ur or bfi.",
        ),
        "time_zone" => (
            |text| parse_zone(text).is_some(),
            "time_zone_unknown",
            "Write the time zone as in Europe/London.",
        ),
        "currency" => (
            format::is_currency,
            "currency_malformed",
            "Write the currency as three letters, such as GBP.",
        ),
        "country" => (
            format::is_country,
            "country_malformed",
            "Write the country as two letters, such as GB.",
        ),
        "exdates" | "rdates" => (
            |text| parse_local(text).is_some(),
            "time_malformed",
            "Write the date and time as in 2026-03-31T19:00.",
        ),
        "first_day" | "last_day" | "paused_until" | "permission_date" | "funded_until"
        | "offered_until" | "needed_by" | "deadline" | "reviewed_date" | "baseline_date"
        | "due_date" | "report_date" => (
            |text| parse_date(text).is_some(),
            "date_malformed",
            "Write the date as in 2026-03-31.",
        ),
        _ => return None,
    })
}

/// Returns the limit of a text field, chosen by its name.
fn max_chars(field: &Field) -> usize {
    match field.name.as_str() {
        "title" | "label" => MAX_TITLE,
        // Other fields called `name` hold names of sources and registers, which are longer.
        "name" if field.full_name == "hedgerow.v1.Listing.name" => MAX_TITLE,
        "url" | "website" | "map_link" => MAX_URL,
        "summary" => MAX_SUMMARY,
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
        | "reporting" => MAX_LONG_TEXT,
        name if name.ends_with("_words") => MAX_LONG_TEXT,
        "words" | "note" | "directions" | "own_words" | "permission" | "in_return" | "toilets"
        | "out_of_hours" | "who_is_on_site" | "handover" | "background" | "entry" | "checks"
        | "expenses" | "conditions" | "other" | "content_note" | "how_to_get_in"
        | "who_decides" | "co_designed_with" | "given_by" | "where_given" => MAX_PARAGRAPH,
        "postcode" | "plus_code" | "currency" | "country" => MAX_CODE,
        _ if is_tag(field) => MAX_TAG,
        _ => MAX_LINE,
    }
}

/// Returns whether the field holds tags: free words, often ids of the vocabulary.
fn is_tag(field: &Field) -> bool {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::rules::body::RecordBody;

    /// Fields in words although the name resembles that of a date, and fields that rules of
    /// their own check.
    const WITHOUT_FORMAT: [&str; 13] = [
        "AvailabilityException.closing_time",
        "AvailabilityException.opening_time",
        "Funding.decision_time",
        "Listing.first_time",
        "Listing.reply_time",
        "Listing.runs_until",
        "Schedule.end",
        "Schedule.start",
        "Source.date",
        "Training.accredited_by",
        "Training.given_by",
        "WeeklyHours.closing_time",
        "WeeklyHours.opening_time",
    ];

    /// Adds the text fields of a message and of those that it contains.
    fn add_text_fields(message: &str, seen: &mut BTreeSet<String>, found: &mut Vec<Field>) {
        if !seen.insert(message.to_owned()) {
            return;
        }
        for field in schema()
            .fields(message)
            .into_iter()
            .flat_map(HashMap::values)
        {
            match &field.field_type {
                FieldType::Text => found.push(field.clone()),
                FieldType::Message(name) => add_text_fields(name, seen, found),
                FieldType::Bytes | FieldType::Enum(_) | FieldType::Scalar(_) => {}
            }
        }
    }

    #[test]
    fn every_date_time_address_and_code_has_a_format() {
        let is_formal = |name: &str| {
            let words: Vec<&str> = name.split('_').collect();
            let formal = [
                "date",
                "day",
                "time",
                "until",
                "by",
                "start",
                "end",
                "deadline",
                "exdates",
                "rdates",
                "url",
                "link",
                "website",
                "zone",
                "currency",
                "country",
                "languages",
            ];
            words.last().is_some_and(|word| formal.contains(word))
        };
        let (mut seen, mut fields) = (BTreeSet::new(), Vec::new());
        for kind in crate::name::collection::KNOWN {
            let message = RecordBody::message_name(kind).unwrap();
            add_text_fields(message, &mut seen, &mut fields);
        }
        let without: BTreeSet<_> = fields
            .iter()
            .filter(|field| is_formal(&field.name) && format_of(field).is_none())
            .map(|field| field.full_name.trim_start_matches("hedgerow.v1."))
            .collect();
        assert_eq!(
            without,
            WITHOUT_FORMAT.into(),
            "give a new field a format in `format_of`, or list it with the check that it has"
        );
    }
}
