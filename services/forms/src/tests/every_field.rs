//! Each field of each record has a control, and each control has words.

use std::collections::BTreeSet;

use hedgerow_input::descriptors::message_of_kind;
use hedgerow_web::components::{Control, Input};
use prost::Message as _;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind as Type, MessageDescriptor, Value};

use super::{all_forms, round_trip, today};

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
    let answers = crate::Answers::default();
    for words in [
        "every second Tuesday",
        "Tuesdays at 7",
        "12/5 7pm",
        "the full moon",
        "Mondays 7pm except bank holidays",
    ] {
        for question in crate::all_questions(words, &answers, today()) {
            check(question.error_key());
            captions(&question.control("when", &answers), &mut check);
        }
    }
    assert!(missing.is_empty(), "add to words/en/edit.ftl: {missing:?}");
}
