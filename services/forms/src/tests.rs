//! Forms of real records: nothing is lost, and what is typed arrives.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::NaiveDate;
use hedgerow_core::time::Timestamp;
use hedgerow_input::descriptors::{KINDS, message_of_kind};
use hedgerow_web::components::{Control, FieldGroup, Input};
use proptest::prelude::*;
use prost::Message as _;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind as Type, MessageDescriptor, Value};

use crate::{
    Body, Chosen, DETAILS, Form, Posted, change_one_time, changes, choose, detail_of, locate,
    merge, move_to_day, next_days, same_weekday_in,
};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 27).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_seconds(1_795_780_800)
}

/// What a browser posts for controls as they are shown: every field, ticks only if ticked.
fn post(groups: &[FieldGroup]) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for control in groups.iter().flat_map(|group| &group.controls) {
        post_control(control, &mut fields);
    }
    fields
}

fn post_control(control: &Control, fields: &mut Vec<(String, String)>) {
    let mut add = |name: &str, value: &str| {
        fields.push((name.to_owned(), value.replace('\n', "\r\n")));
    };
    let name = &control.name;
    match &control.input {
        Input::Line(value)
        | Input::Text(value)
        | Input::Lines(value)
        | Input::Number(value)
        | Input::Day(value) => add(name, value),
        Input::Flag(is_set) => {
            add(name, "");
            if *is_set {
                add(name, "yes");
            }
        }
        Input::Choice { options, own } | Input::Choices { options, own } => {
            if matches!(control.input, Input::Choices { .. }) {
                add(name, "");
            }
            for option in options.iter().filter(|option| option.is_chosen) {
                add(name, &option.value);
            }
            if let Some(own) = own {
                add(&format!("{name}.own"), own);
            }
        }
        Input::Part(controls) => controls.iter().for_each(|it| post_control(it, fields)),
        Input::List { items, .. } => items
            .iter()
            .flatten()
            .for_each(|it| post_control(it, fields)),
    }
}

fn posted(fields: &[(String, String)]) -> Posted {
    Posted::new(fields.iter().map(|(name, value)| (&**name, &**value)))
}

/// The form of a body posted as it is shown, page by page.
fn round_trip(form: &Form, body: &Body) -> Body {
    let mut after = body.clone();
    for page in form.pages() {
        let fields = post(&page.controls(&after));
        form.apply(&mut after, &posted(&fields), today())
            .unwrap_or_else(|problems| panic!("{problems:?}"));
    }
    after
}

/// One field typed over, as a browser would post it with all others.
fn typed(form: &Form, body: &Body, changes: &[(&str, &str)]) -> Result<Body, Vec<String>> {
    let mut after = body.clone();
    for page in form.pages() {
        let mut fields = post(&page.controls(&after));
        let of_page = |name: &str| form.page_of(name).map(|page| page.name);
        let here = changes
            .iter()
            .filter(|(name, _)| of_page(name) == Some(page.name));
        for (name, value) in here {
            fields.retain(|(field, _)| field != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let result = form.apply(&mut after, &posted(&fields), today());
        result.map_err(|problems| {
            problems
                .into_iter()
                .map(|(name, error)| format!("{name}: {error:?}"))
                .collect::<Vec<_>>()
        })?;
    }
    Ok(after)
}

fn blank(kind: &str, thing: &str) -> (Form, Body) {
    let form = Form::new(kind, thing).unwrap_or_else(|| panic!("{kind} {thing}"));
    let body = form.new_body().unwrap();
    (form, body)
}

/// All forms, with an empty body.
fn all_forms() -> Vec<(Form, Body)> {
    let mut forms = Vec::new();
    for (kind, _) in KINDS {
        match kind {
            "offer" | "need" => forms.extend(DETAILS.map(|thing| blank(kind, thing))),
            kind => forms.push(blank(kind, "")),
        }
    }
    forms
}

/// Fields that no form has, because the program sets them.
const SET_BY_THE_PROGRAM: [&str; 1] = ["confirm_time"];

/// The names of the controls of a page with one part in each list.
fn names(controls: &[Control], found: &mut BTreeSet<String>) {
    for control in controls {
        found.insert(control.name.clone());
        match &control.input {
            Input::Part(inner) => names(inner, found),
            Input::List { items, .. } => items.iter().for_each(|item| names(item, found)),
            _ => {}
        }
    }
}

/// A message with every field set, each list with one item.
fn full(descriptor: &MessageDescriptor, detail: &str, depth: usize) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for field in descriptor.fields() {
        let is_other_detail = field
            .containing_oneof()
            .is_some_and(|oneof| oneof.name() == "detail" && field.name() != detail);
        if is_other_detail || depth > 6 {
            continue;
        }
        let value = full_value(&field, detail, depth);
        let value = if field.is_list() {
            Value::List(vec![value])
        } else {
            value
        };
        message.set_field(&field, value);
    }
    message
}

fn full_value(field: &FieldDescriptor, detail: &str, depth: usize) -> Value {
    match field.kind() {
        Type::String => Value::String(match field.name() {
            "start" | "end" | "exdates" | "rdates" => "2027-01-05T19:00".to_owned(),
            "rrules" => "FREQ=WEEKLY;BYDAY=TU".to_owned(),
            name if name.ends_with("_day") || name.ends_with("_date") => "2027-01-05".to_owned(),
            name => format!("a {name}"),
        }),
        Type::Bool => Value::Bool(true),
        Type::Uint32 => Value::U32(7),
        Type::Int32 | Type::Sint32 => Value::I32(1),
        Type::Int64 => Value::I64(1_795_780_801),
        Type::Double => Value::F64(2.5),
        Type::Bytes => Value::Bytes(vec![7; 32].into()),
        Type::Enum(_) => Value::EnumNumber(1),
        Type::Message(inner) => Value::Message(full(&inner, detail, depth + 1)),
        other => panic!("{other:?}"),
    }
}

fn check_fields(
    message: &DynamicMessage,
    prefix: &str,
    names: &BTreeSet<String>,
    missing: &mut Vec<String>,
) {
    for (field, value) in message.fields() {
        let name = if prefix.is_empty() {
            field.name().to_owned()
        } else {
            format!("{prefix}.{}", field.name())
        };
        if SET_BY_THE_PROGRAM.contains(&field.name()) {
            continue;
        }
        let shown_as = match field.name() {
            "start" => format!("{prefix}.day"),
            "end" => format!("{prefix}.end_day"),
            "duration_minutes" => format!("{prefix}.to"),
            "rrules" => format!("{prefix}.repeat"),
            _ => name.clone(),
        };
        let is_schedule = names.contains(&format!("{prefix}.exdates"));
        let control = if is_schedule { &shown_as } else { &name };
        if names.contains(control) {
            let inner = match value {
                Value::List(items) => items
                    .first()
                    .cloned()
                    .map(|item| (format!("{name}.0"), item)),
                value => Some((name.clone(), value.clone())),
            };
            // A leaf control shows the whole of a point, an amount or a time.
            if let Some((prefix, Value::Message(inner))) = inner
                && !["Point", "Money", "Timestamp"]
                    .contains(&prost_reflect::ReflectMessage::descriptor(&inner).name())
            {
                check_fields(&inner, &prefix, names, missing);
            }
        } else if let Value::Message(inner) = value {
            check_fields(inner, &name, names, missing);
        } else {
            missing.push(name);
        }
    }
}

#[test]
fn every_field_of_every_record_can_be_edited() {
    for (form, _) in all_forms() {
        let descriptor = message_of_kind(form.kind()).unwrap();
        let body = full(&descriptor, form.detail(), 0);
        let mut found = BTreeSet::new();
        for page in form.pages() {
            for group in page.controls(&body) {
                names(&group.controls, &mut found);
            }
        }
        let mut missing = Vec::new();
        check_fields(&body, "", &found, &mut missing);
        assert!(
            missing.is_empty(),
            "{} {}: {missing:?}",
            form.kind(),
            form.detail()
        );
    }
}

#[test]
fn a_record_with_every_field_comes_back_as_it_was() {
    for (form, _) in all_forms() {
        let descriptor = message_of_kind(form.kind()).unwrap();
        let body = full(&descriptor, form.detail(), 0);
        let after = round_trip(&form, &body);
        assert_eq!(
            after.encode_to_vec(),
            body.encode_to_vec(),
            "{}",
            form.kind()
        );
    }
}

#[test]
fn an_empty_form_makes_an_empty_record() {
    for (form, body) in all_forms() {
        assert_eq!(
            round_trip(&form, &body),
            body,
            "{} {}",
            form.kind(),
            form.detail()
        );
    }
}

/// The bodies of the CLI's templates, read as YAML by the names of the protocol's fields: all but
/// those with spellings of its own.
fn template_bodies() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../clients/cli/templates");
    let mut bodies = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let text = text.replace("{{", "").replace("}}", "");
        let document: serde_yaml_ng::Mapping = serde_yaml_ng::from_str(&text).unwrap();
        let kind = document["kind"].as_str().unwrap().to_owned();
        let mut body = DynamicMessage::new(message_of_kind(&kind).unwrap());
        fill(&mut body, &document);
        bodies.push((kind, body.encode_to_vec()));
    }
    bodies
}

fn fill(message: &mut DynamicMessage, fields: &serde_yaml_ng::Mapping) {
    use serde_yaml_ng::Value as Yaml;
    for (name, value) in fields {
        let descriptor = prost_reflect::ReflectMessage::descriptor(message);
        let Some(field) = name
            .as_str()
            .and_then(|name| descriptor.get_field_by_name(name))
        else {
            continue;
        };
        let value = match value {
            Yaml::Sequence(items) => {
                let items = items.iter().filter_map(|item| scalar(&field, item));
                Some(Value::List(items.collect()))
            }
            value => scalar(&field, value),
        };
        if let Some(value) = value {
            message.set_field(&field, value);
        }
    }
}

fn scalar(field: &FieldDescriptor, value: &serde_yaml_ng::Value) -> Option<Value> {
    Some(match field.kind() {
        Type::String => Value::String(value.as_str()?.to_owned()),
        Type::Bool => Value::Bool(value.as_bool()?),
        Type::Uint32 => Value::U32(u32::try_from(value.as_u64()?).ok()?),
        Type::Int32 => Value::I32(i32::try_from(value.as_i64()?).ok()?),
        Type::Enum(of) => {
            let word = value.as_str()?.to_uppercase().replace('-', "_");
            let known = of
                .values()
                .find(|it| it.name().ends_with(&format!("_{word}")))?;
            Value::EnumNumber(known.number())
        }
        Type::Message(of) => {
            let mut message = DynamicMessage::new(of);
            fill(&mut message, value.as_mapping()?);
            Value::Message(message)
        }
        _ => return None,
    })
}

#[test]
fn every_template_comes_back_as_it_was() {
    let bodies = template_bodies();
    assert_eq!(bodies.len(), 15);
    for (kind, bytes) in bodies {
        let (form, body) = Form::of_record(&kind, &bytes).unwrap_or_else(|| panic!("{kind}"));
        assert!(bytes.len() > 60, "{kind}");
        assert_eq!(round_trip(&form, &body).encode_to_vec(), bytes, "{kind}");
    }
}

#[test]
fn records_of_the_test_data_come_back_as_they_were() {
    let mut count = 0;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto/testdata");
    for name in [
        "records.json",
        "record_forms.json",
        "received_records.json",
        "sync_streams.json",
    ] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        // Every long run of hexadecimal digits that decodes as a record.
        for word in text.split('"').filter(|word| word.len() > 80) {
            let Some(bytes) = hex::decode(word).ok() else {
                continue;
            };
            let Ok(record) = hedgerow_proto::v1::Record::decode(bytes.as_slice()) else {
                continue;
            };
            let Some((form, body)) = Form::of_record(&record.collection, &record.body) else {
                continue;
            };
            assert_eq!(round_trip(&form, &body).encode_to_vec(), record.body);
            count += 1;
        }
    }
    assert!(count > 10, "{count}");
}

/// Values that a record may have, fields of later versions included.
fn any_message(descriptor: MessageDescriptor, depth: u32) -> BoxedStrategy<DynamicMessage> {
    let fields: Vec<FieldDescriptor> = descriptor.fields().collect();
    let parts: Vec<BoxedStrategy<Option<Value>>> = fields
        .iter()
        .map(|field| {
            if depth > 3 {
                return Just(None).boxed();
            }
            let one = any_value(field, depth);
            let value = if field.is_list() {
                prop::collection::vec(one, 0..3)
                    .prop_map(Value::List)
                    .boxed()
            } else {
                one
            };
            prop::option::weighted(0.4, value).boxed()
        })
        .collect();
    parts
        .prop_map(move |values| {
            let mut message = DynamicMessage::new(descriptor.clone());
            for (field, value) in fields.iter().zip(values) {
                if let Some(value) = value {
                    message.set_field(field, value);
                }
            }
            message
        })
        .boxed()
}

fn any_value(field: &FieldDescriptor, depth: u32) -> BoxedStrategy<Value> {
    match field.kind() {
        Type::String => prop_oneof![
            "[ -~\n\r\u{202e}é😀]{0,30}",
            Just("2027-01-05T19:00".to_owned()),
            Just("FREQ=MONTHLY;BYDAY=2TU;UNTIL=20280101T000000Z".to_owned()),
            Just("FREQ=HOURLY".to_owned()),
            Just("activity:gardening".to_owned()),
            Just("x:our word".to_owned()),
            Just("en".to_owned()),
        ]
        .prop_map(Value::String)
        .boxed(),
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Uint32 => (0_u32..3_000_000_000).prop_map(Value::U32).boxed(),
        Type::Int32 | Type::Sint32 => any::<i32>().prop_map(Value::I32).boxed(),
        Type::Int64 => any::<i64>().prop_map(Value::I64).boxed(),
        Type::Double => any::<f64>().prop_map(Value::F64).boxed(),
        Type::Bytes => prop::collection::vec(any::<u8>(), 0..40)
            .prop_map(|bytes| Value::Bytes(bytes.into()))
            .boxed(),
        Type::Enum(_) => (0_i32..12).prop_map(Value::EnumNumber).boxed(),
        Type::Message(of) => any_message(of, depth + 1).prop_map(Value::Message).boxed(),
        other => panic!("{other:?}"),
    }
}

fn any_body() -> impl Strategy<Value = (&'static str, DynamicMessage)> {
    (0..KINDS.len()).prop_flat_map(|index| {
        let kind = KINDS[index].0;
        any_message(message_of_kind(kind).unwrap(), 0).prop_map(move |body| (kind, body))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_record_comes_back_as_it_was((kind, body) in any_body()) {
        let bytes = body.encode_to_vec();
        // A field of a later version, which no form shows.
        let mut later = bytes.clone();
        later.extend([0xa2, 0x7d, 0x03, b'n', b'e', b'w']);
        for bytes in [bytes, later] {
            let Some((form, body)) = Form::of_record(kind, &bytes) else { continue };
            prop_assert_eq!(round_trip(&form, &body).encode_to_vec(), bytes);
        }
    }

    #[test]
    fn any_form_is_read_without_a_panic(
        fields in prop::collection::vec(("[a-z_.0-9]{0,24}", "[ -~\n😀]{0,12}"), 0..30),
    ) {
        for (form, mut body) in all_forms().into_iter().take(4) {
            let _ = form.apply(&mut body, &posted(&fields), today());
        }
    }
}

fn text(body: &Body, path: &str) -> String {
    let mut at = body.clone();
    let mut parts = path.split('.').peekable();
    while let Some(part) = parts.next() {
        let value = at.get_field_by_name(part).unwrap().into_owned();
        match value {
            Value::Message(inner) if parts.peek().is_some() => at = inner,
            Value::String(text) => return text,
            Value::List(items) => {
                let texts = items.iter().map(|item| match item {
                    Value::String(text) => text.clone(),
                    other => format!("{other:?}"),
                });
                return texts.collect::<Vec<_>>().join("|");
            }
            Value::U32(number) => return number.to_string(),
            other => return format!("{other:?}"),
        }
    }
    String::new()
}

#[test]
fn words_about_times_become_a_rule() {
    let (form, body) = blank("event", "");
    let words = "Every second Tuesday, 7pm to 8.30pm, from 5 January 2027";
    let event = typed(&form, &body, &[("title", "Tea"), ("schedule.words", words)]).unwrap();
    assert_eq!(text(&event, "schedule.start"), "2027-01-05T19:00");
    assert_eq!(text(&event, "schedule.duration_minutes"), "90");
    assert_eq!(text(&event, "schedule.time_zone"), "Europe/London");
    assert!(text(&event, "schedule.rrules").contains("INTERVAL=2"));
    let days: Vec<String> = next_days(&event, now(), 3)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        days,
        [
            "2027-01-05 19:00:00",
            "2027-01-19 19:00:00",
            "2027-02-02 19:00:00"
        ]
    );
    // The words are read again when they change, and only then.
    let again = typed(&form, &event, &[("title", "More tea")]).unwrap();
    assert_eq!(text(&again, "schedule.start"), "2027-01-05T19:00");
    let later = typed(
        &form,
        &event,
        &[("schedule.words", "Wednesdays 6pm to 7pm")],
    )
    .unwrap();
    assert_eq!(text(&later, "schedule.rrules"), "FREQ=WEEKLY;BYDAY=WE");
}

#[test]
fn unclear_words_are_asked_about_in_an_event() {
    let (form, body) = blank("event", "");
    for (words, key) in [
        ("Tuesdays at 7", "form-error-when-half"),
        ("Tuesdays", "form-error-when-time"),
        ("every second Tuesday 7pm", "form-error-when-first"),
        ("when the moon is full", "form-error-when"),
    ] {
        let problems = typed(&form, &body, &[("schedule.words", words)]).unwrap_err();
        assert!(
            problems[0].starts_with("schedule.words"),
            "{words}: {problems:?}"
        );
        assert!(
            problems[0].contains(&format!("\"{key}\"")),
            "{words}: {problems:?}"
        );
    }
    let (form, body) = blank("listing", "");
    let listing = typed(
        &form,
        &body,
        &[("schedules.0.words", "when the moon is full")],
    )
    .unwrap();
    assert!(text(&listing, "schedules").contains("moon"));
}

#[test]
fn a_day_a_time_and_a_choice_become_a_rule() {
    let (form, body) = blank("event", "");
    let fields = [
        ("schedule.day", "12 January 2027"),
        ("schedule.from", "7pm"),
        ("schedule.to", "21:00"),
        ("schedule.repeat", "monthly"),
        ("schedule.until", "2027-06-30"),
    ];
    let event = typed(&form, &body, &fields).unwrap();
    assert_eq!(text(&event, "schedule.start"), "2027-01-12T19:00");
    assert_eq!(
        text(&event, "schedule.rrules"),
        "FREQ=MONTHLY;BYDAY=2TU;UNTIL=20270630T225959Z"
    );
    assert_eq!(round_trip(&form, &event), event);
    let moved = typed(&form, &event, &[("schedule.day", "2027-01-21")]).unwrap();
    assert!(text(&moved, "schedule.rrules").starts_with("FREQ=MONTHLY;BYDAY=3TH"));
    let night = typed(
        &form,
        &body,
        &[
            ("schedule.day", "2027-01-12"),
            ("schedule.from", "22:00"),
            ("schedule.to", "01:00"),
        ],
    )
    .unwrap();
    assert_eq!(text(&night, "schedule.duration_minutes"), "180");
    for (name, value) in [("schedule.day", "soon"), ("schedule.from", "7")] {
        let problems = typed(&form, &event, &[(name, value)]).unwrap_err();
        assert!(problems[0].starts_with(name), "{problems:?}");
    }
}

#[test]
fn bank_holidays_are_left_out_once() {
    let (form, body) = blank("event", "");
    let fields = [
        (
            "schedule.words",
            "every Monday 7pm to 8pm from 7 December 2026",
        ),
        ("schedule.holidays", "GB-ENG"),
    ];
    let event = typed(&form, &body, &fields).unwrap();
    let breaks = text(&event, "schedule.breaks");
    assert!(breaks.contains("2026-12-28"), "{breaks}");
    let again = typed(&form, &event, &[("schedule.holidays", "GB-ENG")]).unwrap();
    assert_eq!(again, event);
    let named = typed(
        &form,
        &body,
        &[(
            "schedule.words",
            "every Monday except bank holidays 7pm from 7 December 2026",
        )],
    )
    .unwrap();
    assert!(text(&named, "schedule.breaks").contains("2026-12-28"));
}

#[test]
fn one_time_is_cancelled_or_moved() {
    let (form, body) = blank("event", "");
    let mut event = typed(
        &form,
        &body,
        &[("schedule.words", "Tuesdays 7pm from 5 January 2027")],
    )
    .unwrap();
    let time = |text: &str| text.parse().unwrap();
    assert!(change_one_time(
        &mut event,
        time("2027-01-12T19:00:00"),
        Some(time("2027-01-13T18:00:00"))
    ));
    let days: Vec<String> = next_days(&event, now(), 3)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        days,
        [
            "2027-01-05 19:00:00",
            "2027-01-13 18:00:00",
            "2027-01-19 19:00:00"
        ]
    );
    assert!(change_one_time(
        &mut event,
        time("2027-01-13T18:00:00"),
        None
    ));
    let days: Vec<String> = next_days(&event, now(), 2)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(days, ["2027-01-05 19:00:00", "2027-01-19 19:00:00"]);
}

#[test]
fn an_event_is_copied_to_the_same_weekday_of_another_month() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let to = |from: &str, month: &str| same_weekday_in(day(from), day(month)).unwrap().to_string();
    assert_eq!(to("2026-10-13", "2026-11-01"), "2026-11-10");
    assert_eq!(to("2026-10-01", "2026-11-15"), "2026-11-05");
    // A fifth Saturday becomes the last one.
    assert_eq!(to("2026-10-31", "2026-11-01"), "2026-11-28");
    let (form, body) = blank("event", "");
    let mut event = typed(
        &form,
        &body,
        &[
            ("schedule.day", "2026-10-13"),
            ("schedule.from", "19:00"),
            ("schedule.to", "20:30"),
        ],
    )
    .unwrap();
    assert!(move_to_day(&mut event, day("2026-11-10")));
    assert_eq!(text(&event, "schedule.start"), "2026-11-10T19:00");
    assert_eq!(text(&event, "schedule.duration_minutes"), "90");
}

#[test]
fn tags_are_terms_to_tick_and_own_words() {
    let (form, body) = blank("event", "");
    let event = typed(
        &form,
        &body,
        &[
            ("activities", "activity:gardening"),
            ("activities.own", "Bell ringing\r\nsocialising\r\n"),
        ],
    )
    .unwrap();
    assert_eq!(
        text(&event, "activities"),
        "activity:gardening|Bell ringing|activity:socialising"
    );
}

#[test]
fn a_new_name_of_a_town_forgets_the_old_ones_number() {
    let (form, body) = blank("event", "");
    let sheffield = typed(
        &form,
        &body,
        &[
            ("place.precision", "3"),
            ("place.name", "Sheffield"),
            ("place.geonames_id", "2638077"),
        ],
    )
    .unwrap();
    assert_eq!(text(&sheffield, "place.geonames_id"), "2638077");
    let leeds = typed(&form, &sheffield, &[("place.name", "Leeds")]).unwrap();
    assert_eq!(text(&leeds, "place.geonames_id"), "0");
    assert_eq!(text(&leeds, "place.name"), "Leeds");
}

#[test]
fn amounts_points_numbers_and_ids_are_read() {
    let (form, body) = blank("event", "");
    let fields = [
        ("price.kind", "4"),
        ("price.amount", "2.50"),
        ("place.point", "53.38, -1.47"),
        ("capacity", "1,200"),
    ];
    let event = typed(&form, &body, &fields).unwrap();
    assert_eq!(text(&event, "capacity"), "1200");
    let shown = post(&form.pages()[0].controls(&event));
    let value = |name: &str| shown.iter().find(|(it, _)| it == name).unwrap().1.clone();
    assert_eq!(
        (value("price.amount"), value("place.point")),
        ("£2.50".to_owned(), "53.38, -1.47".to_owned())
    );
    for (name, wrong) in [
        ("capacity", "many"),
        ("price.amount", "five"),
        ("place.point", "north"),
        ("co_hosts.0.group_id", "abc"),
    ] {
        let problems = typed(&form, &body, &[(name, wrong)]).unwrap_err();
        assert!(problems[0].starts_with(name), "{problems:?}");
    }
}

#[test]
fn parts_of_a_list_are_added_and_removed() {
    let (form, body) = blank("listing", "");
    let fields = [
        ("contacts.0.kind", "1"),
        ("contacts.0.value", "a@b.org"),
        ("contacts.1.kind", "2"),
        ("contacts.1.value", "0114 496 0000"),
    ];
    let listing = typed(&form, &body, &fields).unwrap();
    let one = typed(&form, &listing, &[("contacts.0.remove", "yes")]).unwrap();
    let contacts = text(&one, "contacts");
    assert!(
        contacts.contains("0114") && !contacts.contains("a@b.org"),
        "{contacts}"
    );
    let page = form.page("join").unwrap();
    let more = page.posted(&one, &Posted::default(), "contacts");
    let list = more
        .iter()
        .flat_map(|group| &group.controls)
        .find(|it| it.name == "contacts")
        .unwrap();
    assert!(matches!(&list.input, Input::List { items, .. } if items.len() == 2));
}

#[test]
fn a_form_that_is_wrong_changes_nothing_and_shows_what_was_typed() {
    let (form, mut body) = blank("event", "");
    let before = body.clone();
    let fields = [
        ("title".to_owned(), "Tea".to_owned()),
        ("capacity".to_owned(), "many".to_owned()),
    ];
    let posted = posted(&fields);
    assert!(form.apply(&mut body, &posted, today()).is_err());
    assert_eq!(body, before);
    let shown = post(&form.pages()[0].posted(&body, &posted, ""));
    assert!(shown.contains(&("title".to_owned(), "Tea".to_owned())));
    assert!(shown.contains(&("capacity".to_owned(), "many".to_owned())));
}

#[test]
fn two_versions_are_put_together_and_only_conflicts_are_asked_about() {
    let (form, body) = blank("event", "");
    let base = typed(
        &form,
        &body,
        &[("title", "Tea"), ("summary", "Tea."), ("capacity", "5")],
    )
    .unwrap();
    let mine = typed(&form, &base, &[("title", "My tea"), ("capacity", "6")]).unwrap();
    let theirs = typed(
        &form,
        &base,
        &[("title", "Their tea"), ("summary", "Toast.")],
    )
    .unwrap();
    let listed: Vec<String> = changes(&form, &base, &mine)
        .into_iter()
        .map(|it| it.path)
        .collect();
    assert_eq!(listed, ["title", "capacity"]);
    let mut merged = merge(&form, &base, &mine, &theirs);
    assert_eq!(merged.conflicts.len(), 1);
    assert_eq!(merged.conflicts[0].path, "title");
    assert_eq!(text(&merged.body, "title"), "Their tea");
    assert_eq!(text(&merged.body, "summary"), "Toast.");
    assert_eq!(text(&merged.body, "capacity"), "6");
    choose(&mut merged.body, &mine, "title", Chosen::Mine);
    assert_eq!(text(&merged.body, "title"), "My tea");
}

#[test]
fn a_rules_message_finds_its_control() {
    let (form, body) = blank("event", "");
    let event = typed(
        &form,
        &body,
        &[
            ("place.precision", "3"),
            ("activities", "activity:gardening"),
        ],
    )
    .unwrap();
    let groups = form.pages()[0].controls(&event);
    for (path, control) in [
        ("title", "title"),
        ("place.name", "place.name"),
        ("schedule.start", "schedule.day"),
        ("schedule.rrules[0]", "schedule.repeat"),
        ("activities[0]", "activities"),
        ("place", "place"),
    ] {
        assert_eq!(locate(&groups, path).as_deref(), Some(control), "{path}");
    }
    assert_eq!(locate(&groups, "draft.body"), None);
    assert_eq!(
        form.page_of("schedule.day").map(|page| page.name),
        Some("all")
    );
    let (listing, _) = blank("listing", "");
    assert_eq!(
        listing.page_of("contacts.0.value").map(|page| page.name),
        Some("join")
    );
    assert_eq!(detail_of(&blank("need", "funding").1), Some("funding"));
}

#[test]
fn every_label_hint_and_answer_has_words() {
    use hedgerow_web::Words;
    use hedgerow_web::components::Caption;
    let words = Words::new("en", today());
    let mut missing = BTreeSet::new();
    let mut check = |key: &'static str| {
        if !key.is_empty() && words.text(key) == key {
            missing.insert(key);
        }
    };
    fn captions(control: &Control, check: &mut dyn FnMut(&'static str)) {
        let mut caption = |caption: &Caption| {
            if let Caption::Key(key) = caption {
                check(key);
            }
        };
        caption(&control.label);
        match &control.input {
            Input::Choice { options, .. } | Input::Choices { options, .. } => {
                options.iter().for_each(|option| caption(&option.label));
            }
            _ => {}
        }
        control.help.into_iter().for_each(&mut *check);
        match &control.input {
            Input::Part(inner) => inner.iter().for_each(|it| captions(it, check)),
            Input::List { items, .. } => {
                items.iter().flatten().for_each(|it| captions(it, check));
            }
            _ => {}
        }
    }
    for (form, _) in all_forms() {
        let descriptor = message_of_kind(form.kind()).unwrap();
        let body = full(&descriptor, form.detail(), 0);
        for page in form.pages() {
            check(page.title);
            for group in page.controls(&body) {
                check(group.heading);
                for control in &group.controls {
                    captions(control, &mut check);
                }
            }
        }
        for control in crate::Envelope::new(form.kind())
            .group(form.kind())
            .controls
        {
            captions(&control, &mut check);
        }
    }
    assert!(missing.is_empty(), "add to words/en/edit.ftl: {missing:?}");
}
