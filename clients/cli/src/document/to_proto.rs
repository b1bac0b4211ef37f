//! Builds the protocol's message from a document's fields, by the message's descriptor.
//!
//! prost-reflect reads the protocol's own JSON. It stops at the first error, and it has none
//! of the friendly spellings.

use std::fmt;

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value as Proto};
use serde_yaml_ng::{Mapping, Value};

use super::nearest::nearest;
use super::scalar;
use super::schema::short_enum_names;

/// A wrong field of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// `places[1].precision`. Empty for the document as a whole.
    pub path: String,
    /// What is wrong, and what to write instead.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

/// Builds a message from fields.
///
/// # Errors
/// Every wrong field at once, in the order of the document.
pub fn to_message(
    fields: &Mapping,
    descriptor: &MessageDescriptor,
) -> Result<DynamicMessage, Vec<Problem>> {
    let mut reader = Reader::default();
    let message = reader.fields(fields, descriptor, "");
    if reader.problems.is_empty() {
        Ok(message)
    } else {
        Err(reader.problems)
    }
}

/// Names of fields in Open Referral and in saved files, with the protocol's.
const OTHER_NAMES: [(&str, &str); 3] = [
    ("opens_at", "opening_time"),
    ("closes_at", "closing_time"),
    ("confirmed_at", "confirm_time"),
];

#[derive(Default)]
struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn wrong(&mut self, path: &str, message: impl Into<String>) {
        self.problems.push(Problem {
            path: path.to_owned(),
            message: message.into(),
        });
    }

    fn fields(
        &mut self,
        fields: &Mapping,
        descriptor: &MessageDescriptor,
        path: &str,
    ) -> DynamicMessage {
        let mut message = DynamicMessage::new(descriptor.clone());
        for (key, value) in fields {
            let Some(name) = key.as_str() else {
                self.wrong(path, "the name of a field must be a word");
                continue;
            };
            let inner = join(path, name);
            let plain = name.replace('-', "_");
            let other = OTHER_NAMES.iter().find(|(other, _)| *other == plain);
            let known = descriptor
                .get_field_by_name(&plain)
                .or_else(|| descriptor.get_field_by_name(other?.1));
            let Some(field) = known else {
                self.unknown(&inner, name, descriptor);
                continue;
            };
            if value.is_null() {
                continue;
            }
            self.only_one_of(&message, &field, &inner);
            if let Some(value) = self.field(value, &field, &inner) {
                message.set_field(&field, value);
            }
        }
        message
    }

    fn unknown(&mut self, path: &str, name: &str, descriptor: &MessageDescriptor) {
        let names: Vec<_> = descriptor
            .fields()
            .map(|field| field.name().to_owned())
            .collect();
        let hint = match nearest(name, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the fields here are: {}", names.join(", ")),
        };
        self.wrong(path, format!("there is no field `{name}` here; {hint}"));
    }

    /// Rejects two members of one `oneof`: the message would silently keep only the last.
    fn only_one_of(&mut self, message: &DynamicMessage, field: &FieldDescriptor, path: &str) {
        let Some(oneof) = field.containing_oneof() else {
            return;
        };
        let other = oneof
            .fields()
            .find(|other| other.number() != field.number() && message.has_field(other));
        if let Some(other) = other {
            self.wrong(
                path,
                format!(
                    "only one of these is allowed, and `{}` is there already: make two documents of \
                     it",
                    other.name()
                ),
            );
        }
    }

    fn field(&mut self, value: &Value, field: &FieldDescriptor, path: &str) -> Option<Proto> {
        if !field.is_list() {
            return self.single(value, &field.kind(), path);
        }
        let Value::Sequence(items) = value else {
            // A single value of a repeated field is a list of one.
            return Some(Proto::List(vec![self.single(
                value,
                &field.kind(),
                path,
            )?]));
        };
        let items = items
            .iter()
            .enumerate()
            .filter_map(|(index, item)| {
                self.single(item, &field.kind(), &format!("{path}[{index}]"))
            })
            .collect();
        Some(Proto::List(items))
    }

    fn single(&mut self, value: &Value, kind: &Kind, path: &str) -> Option<Proto> {
        let read = match kind {
            Kind::Message(descriptor) => return self.message(value, descriptor, path),
            Kind::Enum(descriptor) => enum_value(value, &short_enum_names(descriptor)),
            Kind::String => text(value).map(Proto::String),
            Kind::Bytes => text(value)
                .and_then(|text| scalar::id(&text))
                .map(|id| Proto::Bytes(id.into())),
            Kind::Bool => match value {
                Value::Bool(yes) => Ok(Proto::Bool(*yes)),
                other => Err(format!("write true or false, not {}", describe(other))),
            },
            Kind::Double | Kind::Float => value
                .as_f64()
                .map(Proto::F64)
                .ok_or_else(|| format!("write a number, not {}", describe(value))),
            Kind::Uint32 | Kind::Fixed32 => value
                .as_u64()
                .and_then(|number| u32::try_from(number).ok())
                .map(Proto::U32)
                .ok_or_else(|| format!("write a whole number, 0 or more, not {}", describe(value))),
            Kind::Uint64 | Kind::Fixed64 => value
                .as_u64()
                .map(Proto::U64)
                .ok_or_else(|| format!("write a whole number, 0 or more, not {}", describe(value))),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => value
                .as_i64()
                .and_then(|number| i32::try_from(number).ok())
                .map(Proto::I32)
                .ok_or_else(|| format!("write a whole number, not {}", describe(value))),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => value
                .as_i64()
                .map(Proto::I64)
                .ok_or_else(|| format!("write a whole number, not {}", describe(value))),
        };
        read.map_err(|message| self.wrong(path, message)).ok()
    }

    fn message(
        &mut self,
        value: &Value,
        descriptor: &MessageDescriptor,
        path: &str,
    ) -> Option<Proto> {
        let empty = Mapping::new();
        let special = match (descriptor.full_name(), value) {
            ("google.protobuf.Timestamp", value) => Some(text(value).and_then(|text| {
                let (seconds, nanos) = scalar::timestamp(&text)?;
                let mut time = DynamicMessage::new(descriptor.clone());
                time.set_field_by_name("seconds", Proto::I64(seconds));
                time.set_field_by_name("nanos", Proto::I32(nanos));
                Ok(time)
            })),
            ("hedgerow.v1.Money", Value::String(text)) => {
                Some(scalar::money(text).map(|(currency, minor)| {
                    let mut money = DynamicMessage::new(descriptor.clone());
                    money.set_field_by_name("currency", Proto::String(currency));
                    money.set_field_by_name("minor_units", Proto::I64(minor));
                    money
                }))
            }
            ("hedgerow.v1.Point", Value::Mapping(fields)) if fields.contains_key("latitude") => {
                Some(point(fields, descriptor))
            }
            _ => None,
        };
        if let Some(read) = special {
            return read
                .map(Proto::Message)
                .map_err(|message| self.wrong(path, message))
                .ok();
        }
        let fields = match value {
            Value::Mapping(fields) => fields,
            // `space: {}` and `space: []` name the kind without any fields. `space:` alone is
            // null, and counts as absent.
            Value::Sequence(items) if items.is_empty() => &empty,
            other => {
                let names: Vec<_> = descriptor
                    .fields()
                    .take(4)
                    .map(|field| field.name().to_owned())
                    .collect();
                self.wrong(
                    path,
                    format!(
                        "write fields of its own ({} …) on indented lines below, not {}",
                        names.join(", "),
                        describe(other)
                    ),
                );
                return None;
            }
        };
        Some(Proto::Message(self.fields(fields, descriptor, path)))
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// Text, or a whole number that is meant as text (a year, a telephone number).
fn text(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.trim_end_matches('\n').to_owned()),
        Value::Number(number) if !number.is_f64() => Ok(number.to_string()),
        other => Err(format!(
            "write text, not {}; put it in quotes if it is text",
            describe(other)
        )),
    }
}

fn enum_value(value: &Value, names: &[(String, i32)]) -> Result<Proto, String> {
    let choices = || {
        names
            .iter()
            .map(|(name, _)| name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let Value::String(written) = value else {
        return Err(format!("write one of: {}", choices()));
    };
    let plain = written.trim().to_ascii_lowercase().replace(['_', ' '], "-");
    names
        .iter()
        .find(|(name, _)| *name == plain)
        .map(|(_, number)| Proto::EnumNumber(*number))
        .ok_or_else(|| {
            let near = nearest(&plain, names.iter().map(|(name, _)| name.as_str()));
            match near {
                Some(near) => format!(
                    "“{written}” is not one of {}; did you mean `{near}`?",
                    choices()
                ),
                None => format!("“{written}” is not one of: {}", choices()),
            }
        })
}

fn point(fields: &Mapping, descriptor: &MessageDescriptor) -> Result<DynamicMessage, String> {
    if let Some(other) = fields
        .keys()
        .find(|key| !matches!(key.as_str(), Some("latitude" | "longitude")))
    {
        return Err(format!(
            "a point has only `latitude` and `longitude`, not {}",
            describe(other)
        ));
    }
    let read = |name: &str, max| {
        fields
            .get(name)
            .and_then(Value::as_f64)
            .ok_or_else(|| format!("a point needs `{name}`, in degrees such as 53.38"))
            .and_then(|value| scalar::degrees(value, max))
    };
    let mut point = DynamicMessage::new(descriptor.clone());
    point.set_field_by_name("latitude_e7", Proto::I32(read("latitude", 90.0)?));
    point.set_field_by_name("longitude_e7", Proto::I32(read("longitude", 180.0)?));
    Ok(point)
}

/// A value within a message: short text in quotes, anything long by its type.
fn describe(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(number) => format!("`{number}`"),
        Value::String(text) if text.chars().count() <= 40 => format!("“{text}”"),
        Value::String(_) => "a long text".to_owned(),
        Value::Sequence(_) => "a list".to_owned(),
        Value::Mapping(_) => "a group of fields".to_owned(),
        Value::Tagged(_) => "a YAML tag".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_proto::v1;

    use super::*;
    use crate::document::message_of_kind;

    fn read(kind: &str, yaml: &str) -> Result<DynamicMessage, Vec<Problem>> {
        let fields: Mapping = serde_yaml_ng::from_str(yaml).expect("YAML");
        to_message(&fields, &message_of_kind(kind).expect("a kind"))
    }

    fn listing(yaml: &str) -> v1::Listing {
        read("listing", yaml)
            .expect("a listing")
            .transcode_to()
            .expect("the same message")
    }

    #[test]
    fn short_names_points_money_and_times_are_read() {
        let listing = listing(
            "name: Kettle Room\nvoice: itself\nroles: support-group\nconfirm_time: 2026-01-02\n\
             price: {kind: pay-what-you-can, amount: £2}\n\
             places:\n- {precision: exact, point: {latitude: 53.38, longitude: -1.47}}\n",
        );
        assert_eq!(listing.voice(), v1::Voice::Itself);
        assert_eq!(listing.roles, [i32::from(v1::Role::SupportGroup)]);
        assert_eq!(listing.confirm_time.expect("a time").seconds, 1_767_312_000);
        let price = listing.price.expect("a price");
        assert_eq!(price.kind(), v1::PriceKind::PayWhatYouCan);
        assert_eq!(price.amount.expect("an amount").minor_units, 200);
        let point = listing.places[0].point.expect("a point");
        assert_eq!(
            (point.latitude_e7, point.longitude_e7),
            (533_800_000, -14_700_000)
        );
    }

    #[test]
    fn every_problem_is_reported_at_once_with_its_path_and_the_way_out() {
        let problems = read(
            "listing",
            "name: [a, b]\nsumary: hello\nroles: [suport-group]\nplaces: [{precision: 3}]\n",
        )
        .expect_err("problems");
        let texts: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), 4, "{texts:?}");
        assert!(texts[0].starts_with("name: write text"), "{texts:?}");
        assert!(texts[1].contains("did you mean `summary`?"), "{texts:?}");
        assert!(
            texts[2].contains("did you mean `support-group`?"),
            "{texts:?}"
        );
        assert!(
            texts[3].starts_with("places[0].precision: write one of: exact"),
            "{texts:?}"
        );
    }

    #[test]
    fn two_kinds_of_resource_in_one_offer_are_rejected() {
        let problems =
            read("offer", "resource: {title: T, space: {}, equipment: {}}").expect_err("a problem");
        assert!(problems[0].message.contains("only one of these"));
    }

    #[test]
    fn a_group_id_must_be_complete() {
        let problems = read(
            "vouch",
            "subject: {group_id: abc, name: A}\ngrade: endorsed",
        )
        .expect_err("short");
        assert_eq!(problems[0].path, "subject.group_id");
    }
}
