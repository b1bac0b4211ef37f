//! A record's body as a person would write it: `show` prints it, and `publish` accepts it.

use prost_reflect::{
    DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, ReflectMessage as _, Value as Proto,
};
use serde_yaml_ng::{Mapping, Value};

use super::scalar;
use super::schema::short_enum_name;

/// The fields of a message, in the order of the protocol, as `publish` accepts them.
pub fn to_value(message: &DynamicMessage) -> Value {
    let mut fields = Mapping::new();
    for field in message.descriptor().fields() {
        if message.has_field(&field) {
            let value = field_value(&message.get_field(&field), &field);
            fields.insert(Value::String(field.name().to_owned()), value);
        }
    }
    Value::Mapping(fields)
}

fn field_value(value: &Proto, field: &FieldDescriptor) -> Value {
    let kind = field.kind();
    let enumeration = match &kind {
        Kind::Enum(descriptor) => Some(descriptor),
        _ => None,
    };
    single(value, enumeration)
}

fn single(value: &Proto, enumeration: Option<&EnumDescriptor>) -> Value {
    match value {
        Proto::Bool(yes) => Value::Bool(*yes),
        Proto::I32(number) => Value::Number((*number).into()),
        Proto::I64(number) => Value::Number((*number).into()),
        Proto::U32(number) => Value::Number((*number).into()),
        Proto::U64(number) => Value::Number((*number).into()),
        Proto::F32(number) => Value::Number(f64::from(*number).into()),
        Proto::F64(number) => Value::Number((*number).into()),
        Proto::String(text) => Value::String(text.clone()),
        Proto::Bytes(bytes) => Value::String(hex::encode(bytes)),
        Proto::EnumNumber(number) => Value::String(enumeration.map_or_else(
            || number.to_string(),
            |descriptor| short_enum_name(descriptor, *number),
        )),
        Proto::Message(message) => message_value(message),
        Proto::List(items) => {
            Value::Sequence(items.iter().map(|item| single(item, enumeration)).collect())
        }
        Proto::Map(_) => Value::Null,
    }
}

fn message_value(message: &DynamicMessage) -> Value {
    let integer = |name: &str| {
        message
            .get_field_by_name(name)
            .and_then(|value| value.as_i64().or_else(|| value.as_i32().map(i64::from)))
            .unwrap_or_default()
    };
    match message.descriptor().full_name() {
        "google.protobuf.Timestamp" => {
            let proto = prost_types::Timestamp {
                seconds: integer("seconds"),
                nanos: i32::try_from(integer("nanos")).unwrap_or_default(),
            };
            hedgerow_core::time::Timestamp::try_from(proto)
                .map_or(Value::Null, |time| Value::String(time.to_string()))
        }
        "hedgerow.v1.Money" => {
            let currency = message.get_field_by_name("currency");
            let currency = currency.as_ref().and_then(|value| value.as_str());
            Value::String(scalar::money_text(
                currency.unwrap_or_default(),
                integer("minor_units"),
            ))
        }
        "hedgerow.v1.Point" => {
            let mut fields = Mapping::new();
            for (name, field) in [("latitude", "latitude_e7"), ("longitude", "longitude_e7")] {
                #[expect(clippy::cast_precision_loss, reason = "at most 180 × 10⁷")]
                let degrees = integer(field) as f64 / 1e7;
                fields.insert(
                    Value::String(name.to_owned()),
                    Value::Number(degrees.into()),
                );
            }
            Value::Mapping(fields)
        }
        _ => to_value(message),
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_core::time::Timestamp;
    use prost::Message as _;

    use super::*;
    use crate::document::to_proto::to_message;
    use crate::document::{message_of_kind, parse_text};
    use crate::template::{TEMPLATES, template};

    #[test]
    fn a_shown_record_can_be_published_again_unchanged() {
        for (name, _) in TEMPLATES {
            let text = template(name, Timestamp::from_seconds(1_800_000_000)).expect("a template");
            let document = parse_text(name, &text).expect("a document").remove(0);
            let descriptor = message_of_kind(&document.kind).expect("a kind");
            let message = DynamicMessage::decode(descriptor.clone(), document.body.as_slice())
                .expect("a body");
            let Value::Mapping(fields) = to_value(&message) else {
                panic!("{name}: no fields");
            };
            let again = to_message(&fields, &descriptor).expect("the same fields");
            assert_eq!(again.encode_to_vec(), document.body, "{name}");
        }
    }
}
