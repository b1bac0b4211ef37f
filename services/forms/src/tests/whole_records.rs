//! Records of templates, of the test data and of chance come back as they were.

use std::path::Path;

use hedgerow_input::descriptors::{KINDS, message_of_kind};
use proptest::prelude::*;
use prost::Message as _;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind as Type, MessageDescriptor, Value};

use super::{all_forms, posted, round_trip, today};
use crate::Form;

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
