//! Rules that apply to a field by its name or type, in every kind of record: the length
//! of a text, the number of entries, the format of an address, date or language.

use std::collections::HashMap;

use super::format;
use super::plain_text::unsuitable;
use super::schema::{Field, FieldType, schema};
use super::violations::Violations;
use super::wire_walk::{FieldValue, Value, Walk};
use crate::recurrence::{parse_date, parse_local, parse_zone};

/// Checks every field of a message.
pub(super) fn check(walk: &Walk<'_>, violations: &mut Violations) {
    let mut counts: HashMap<(&str, &str), (usize, usize)> = HashMap::new();
    for found in &walk.values {
        if found.field.repeated {
            let list = found.path.rsplit_once('[').map_or("", |(list, _)| list);
            let max = found.field.max_entries;
            counts
                .entry((list, &found.field.full_name))
                .or_insert((0, max))
                .0 += 1;
        }
        match found.value {
            Value::Text(text) => check_text(found, text, violations),
            Value::Bytes(bytes) => {
                // All byte strings of a record's body are group ids.
                if !bytes.is_empty() && bytes.len() != 32 {
                    violations.add(
                        &found.path,
                        "id_malformed",
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
                        "value_unknown",
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
    for ((list, _), (count, max)) in counts {
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
    let (max, length) = (found.field.max_chars, text.chars().count());
    if length > max {
        violations.add(
            &found.path,
            "too_long",
            format!("This has {length} characters; at most {max} are allowed. Shorten it."),
        );
    }
    if let Some(reason) = unsuitable(text, found.field.is_single_line) {
        let message = match reason {
            "line_break" => "This is one line: join the lines.",
            "invisible_text" => "Nothing of this can be seen. Type it again, or leave it out.",
            _ => {
                "This contains characters that cannot be shown, or that change the direction of \
                 the text. Type it again."
            }
        };
        violations.add(&found.path, reason, message);
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
