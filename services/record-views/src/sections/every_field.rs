//! Every field that a group can publish is on the page of its record, in the reader's language.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use hedgerow_core::recurrence::Budget;
use hedgerow_core::rules::RecordBody;
use hedgerow_core::summary::Summary;
use hedgerow_core::time::Timestamp;
use hedgerow_testkit::filled::{Fill, FilledKind, filled_kinds};
use hedgerow_testkit::pages::not_in_welsh;
use hedgerow_web::Words;
use hedgerow_web::components::{Facts, StateBadge};
use prost::Message as _;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, Value};

use super::sections;
use crate::RecordContent;

/// 28 November 2026, noon.
const NOW: i64 = 1_795_867_200;

/// Fields that are not in the sections, each with the reason. A name fits at the end of a path.
const NOT_SHOWN: &[(&str, &str)] = &[
    (".voice", "the head of the page says whose words they are"),
    ("confirm_time", "the head of the page says how fresh it is"),
    (
        ".activity_state",
        "the usual state needs no words; others are in the head",
    ),
    (
        ".status",
        "the usual state needs no words; others are in the head",
    ),
    ("group_id", "for programs: the name of the group is shown"),
    ("offer_key", "for programs: the name of the room is shown"),
    ("claims", "the copied entry is hidden by this one"),
    ("agreed_events", "for programs: the event says where it is"),
    (".point", "for maps: a number says nothing to people"),
    (
        ".geonames_id",
        "for programs: the name of the place is shown",
    ),
    (".plus_code", "for programs: address and map link are shown"),
    (".regions", "shown if the place has no name of its own"),
    (".country", "for programs: the name of the place is shown"),
    (".areas_served.precision", "an area is named, not found"),
    (
        ".areas_served.street",
        "must be empty: an area has no street",
    ),
    (
        ".areas_served.postcode",
        "must be empty: an area has no postcode",
    ),
    (
        ".areas_served.map_link",
        "must be empty: an area has no door",
    ),
    (
        ".areas_served.directions",
        "must be empty: an area has no door",
    ),
    (".areas_served.venue", "an area is in no room"),
    (".areas.precision", "an area is named, not found"),
    (".areas.street", "must be empty: an area has no street"),
    (".areas.postcode", "must be empty: an area has no postcode"),
    (".areas.map_link", "must be empty: an area has no door"),
    (".areas.directions", "must be empty: an area has no door"),
    (".areas.venue", "an area is in no room"),
    (".fewer_than", "in place of a value, never with one"),
    (".paused_until", "shown of a group that has a pause"),
    (".recorded_year", "shown if the source has no date"),
    (".nanos", "no page is as exact as that"),
];

fn reason_not_shown(path: &str) -> Option<&'static str> {
    let found = NOT_SHOWN
        .iter()
        .find(|(name, _)| path.ends_with(name) || path.contains(&format!("{name}.")));
    found.map(|(_, reason)| *reason)
}

/// Gives each text a marker of its own.
struct Filler<'a> {
    detail: &'a str,
    /// Numbers that no other field has.
    number: u32,
    /// The markers of texts by the paths of their fields.
    markers: BTreeMap<String, String>,
}

impl Fill for Filler<'_> {
    fn detail(&self) -> &str {
        self.detail
    }

    fn number(&mut self, _: &str) -> u32 {
        self.number += 1;
        self.number
    }

    fn seconds(&mut self) -> i64 {
        1_798_780_801
    }

    fn text(&mut self, name: &str, path: &str) -> String {
        let marker = format!("zq{}x", self.markers.len());
        let text = match name {
            "start" => return "2027-01-05T19:00".to_owned(),
            "exdates" => return "2027-01-12T19:00".to_owned(),
            "rdates" => return "2027-01-14T19:00".to_owned(),
            "rrules" => return "FREQ=WEEKLY;BYDAY=TU".to_owned(),
            "time_zone" => return "Europe/Paris".to_owned(),
            "opening_time" => return "09:30".to_owned(),
            "closing_time" => return "21:45".to_owned(),
            "holiday_calendar" => return "GB-WLS".to_owned(),
            "currency" => return "SEK".to_owned(),
            "phone" => {
                let number = format!("0113496{:04}", self.markers.len());
                self.markers.insert(path.to_owned(), number.clone());
                return number;
            }
            "url" | "website" | "map_link" => format!("https://example.org/{marker}"),
            "last_day" => return "2027-02-09".to_owned(),
            "deadline" | "needed_by" | "offered_until" | "runs_until" | "paused_until" => {
                return "2027-03-31".to_owned();
            }
            name if name.ends_with("_day") || name.ends_with("_date") || name == "date" => {
                return "2027-02-05".to_owned();
            }
            _ => marker.clone(),
        };
        self.markers.insert(path.to_owned(), marker);
        text
    }
}

/// A filled record of a kind, and the markers of its texts.
fn full(kind: &FilledKind) -> (DynamicMessage, BTreeMap<String, String>) {
    let mut filler = Filler {
        detail: &kind.detail,
        number: 1_440,
        markers: BTreeMap::new(),
    };
    let message = filler.fill(&kind.message, &format!(".{}", kind.collection));
    (message, filler.markers)
}

/// The page's part that this crate makes.
fn page(kind: &str, message: &DynamicMessage, language: &str) -> String {
    let record = RecordContent {
        body: RecordBody::parse(kind, &message.encode_to_vec()).unwrap(),
        language: "en-GB".to_owned(),
        changed: Timestamp::from_seconds(0),
        hash: String::new(),
    };
    let now = Timestamp::from_seconds(NOW);
    let words = Words::new(language, NaiveDate::from_ymd_opt(2026, 11, 28).unwrap());
    let summary = Summary::from_body(&record.body).unwrap_or_default();
    let mut page = format!(
        "<main lang=\"{}\"><h1 lang=\"en-GB\">{}</h1><p lang=\"en-GB\">{}</p>",
        words.tag(),
        summary.title,
        summary.summary
    );
    if let Some(state) = record.stated_state() {
        page += &StateBadge::new(words, &state).to_string();
    }
    page += &record.state_words().unwrap_or_default().to_string();
    for (source, link) in record.sources(words) {
        page += &format!("<p lang=\"en-GB\">{source}");
        page += &link.map_or_else(String::new, |link| link.to_string());
        page += "</p>";
    }
    for section in sections(&record, words, now, &Budget::default()) {
        page += &format!("<h2>{}</h2>", section.heading.in_words(words));
        page += &Facts::new(words, &section.items).to_string();
    }
    page + "</main>"
}

/// The same message with one field changed, for each field at any depth and each way to change it.
fn changed_each(
    message: &DynamicMessage,
    path: &str,
    ways: &dyn Fn(&DynamicMessage, &FieldDescriptor) -> Vec<DynamicMessage>,
) -> Vec<(String, DynamicMessage)> {
    let mut found = Vec::new();
    let set: Vec<FieldDescriptor> = message.fields().map(|(field, _)| field).collect();
    for field in set {
        let path = format!("{path}.{}", field.name());
        let changed = ways(message, &field).into_iter();
        found.extend(changed.map(|changed| (path.clone(), changed)));
        let value = message.get_field(&field).into_owned();
        let (inner, is_list) = match value {
            Value::Message(inner) => (inner, false),
            Value::List(items) => match items.into_iter().next() {
                Some(Value::Message(inner)) => (inner, true),
                _ => continue,
            },
            _ => continue,
        };
        for (path, inner) in changed_each(&inner, &path, ways) {
            let mut changed = message.clone();
            let inner = Value::Message(inner);
            let inner = match is_list {
                true => Value::List(vec![inner]),
                false => inner,
            };
            changed.set_field(&field, inner);
            found.push((path, changed));
        }
    }
    found
}

fn without(message: &DynamicMessage, field: &FieldDescriptor) -> Vec<DynamicMessage> {
    let mut without = message.clone();
    without.clear_field(field);
    vec![without]
}

/// With each value of an enum but the first, which means that it is not stated.
fn with_each_value(message: &DynamicMessage, field: &FieldDescriptor) -> Vec<DynamicMessage> {
    let Kind::Enum(values) = field.kind() else {
        return Vec::new();
    };
    let numbers = values.values().map(|value| value.number());
    let changed = numbers.filter(|number| *number != 0).map(|number| {
        let value = Value::EnumNumber(number);
        let value = match field.is_list() {
            true => Value::List(vec![value]),
            false => value,
        };
        let mut changed = message.clone();
        changed.set_field(field, value);
        changed
    });
    changed.collect()
}

#[test]
fn every_field_that_a_group_publishes_is_on_its_page() {
    let mut missing = Vec::new();
    let mut used = std::collections::BTreeSet::new();
    for filled in filled_kinds() {
        let (kind, detail) = (filled.collection, &filled.detail);
        let (message, markers) = full(&filled);
        let shown = page(kind, &message, "en");
        for (path, marker) in &markers {
            match reason_not_shown(path) {
                Some(reason) => _ = used.insert(reason),
                None if shown.contains(marker) => {}
                None => missing.push(format!("{path} ({detail})")),
            }
        }
        for (path, without) in changed_each(&message, &format!(".{kind}"), &without) {
            match reason_not_shown(&path) {
                Some(reason) => _ = used.insert(reason),
                None if page(kind, &without, "en") != shown => {}
                None => missing.push(format!("{path} ({detail}) changes nothing")),
            }
        }
    }
    assert!(missing.is_empty(), "not on the page: {missing:#?}");
    let unused: Vec<_> = NOT_SHOWN
        .iter()
        .filter(|(_, reason)| !used.contains(reason))
        .collect();
    assert!(
        unused.is_empty(),
        "no field needs these reasons: {unused:?}"
    );
}

#[test]
fn every_value_of_a_choice_reads_differently() {
    // The site shows these in the head of the page.
    let in_head = [".voice", ".activity_state", ".status"];
    // Not every precision may have an address, and an area has none.
    let others = [".precision"];
    let mut same = Vec::new();
    for filled in filled_kinds() {
        let (kind, detail) = (filled.collection, &filled.detail);
        let (message, _) = full(&filled);
        let mut shown: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut values: BTreeMap<String, usize> = BTreeMap::new();
        for (path, changed) in changed_each(&message, &format!(".{kind}"), &with_each_value) {
            if in_head.iter().chain(&others).any(|end| path.ends_with(end)) {
                continue;
            }
            *values.entry(path.clone()).or_default() += 1;
            *shown.entry((path, page(kind, &changed, "en"))).or_default() += 1;
        }
        for ((path, _), count) in shown {
            if count > 1 {
                same.push(format!("{path} ({detail}): {count} of {}", values[&path]));
            }
        }
    }
    assert!(same.is_empty(), "{same:#?}");
}

#[test]
fn no_page_has_a_date_or_a_rule_as_programs_write_them() {
    for filled in filled_kinds() {
        let (kind, detail) = (filled.collection, &filled.detail);
        let (message, _) = full(&filled);
        let shown = page(kind, &message, "en");
        // Programs read them in attributes.
        let texts = shown
            .split('<')
            .map(|part| part.split_once('>').map_or(part, |it| it.1));
        let shown = texts.collect::<Vec<_>>().join("\n");
        for raw in [
            "2027-", "2026-", "FREQ=", "T19:00", "09:30", "21:45", "GB-WLS",
        ] {
            assert!(!shown.contains(raw), "{kind} {detail}: {raw} in {shown}");
        }
    }
}

#[test]
fn no_english_word_of_ours_is_on_a_page_in_welsh() {
    for filled in filled_kinds() {
        let (kind, detail) = (filled.collection, &filled.detail);
        let (message, _) = full(&filled);
        let shown = page(kind, &message, "cy");
        // The record's own words within a sentence of ours, the zone, the currency, hosts of links.
        let known = ["zq", "Europe", "Paris", "SEK", "example", "org"];
        let english = not_in_welsh(&shown, &known);
        assert_eq!(english, [""; 0], "{kind} {detail}");
        let shown = page(kind, &message, "en");
        assert!(!not_in_welsh(&shown, &known).is_empty(), "{kind} {detail}");
    }
}
