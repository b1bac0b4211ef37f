//! Visits every value of a record's body with its path.

use prost_reflect::{DynamicMessage, FieldDescriptor, ReflectMessage as _, Value};

use crate::descriptors::message_of_kind;

/// A body by its descriptor. `None` if this build cannot decode it.
pub(super) fn body_of(kind: &str, body: &[u8]) -> Option<DynamicMessage> {
    DynamicMessage::decode(message_of_kind(kind)?, body).ok()
}

/// A text in a body.
pub(super) struct Text<'a> {
    /// Such as `who_for[0].communities[1]`.
    pub(super) path: String,
    pub(super) field: FieldDescriptor,
    pub(super) value: &'a str,
}

/// Every text of a message and of the messages in it.
pub(super) fn texts(message: &DynamicMessage) -> Vec<Text<'_>> {
    let mut texts = Vec::new();
    collect_texts(message, "", &mut texts);
    texts
}

fn collect_texts<'a>(message: &'a DynamicMessage, path: &str, texts: &mut Vec<Text<'a>>) {
    for (field, value) in message.fields() {
        for (path, item) in items(&field, value, path) {
            match item {
                Value::String(value) => texts.push(Text {
                    path,
                    field: field.clone(),
                    value,
                }),
                Value::Message(inner) => collect_texts(inner, &path, texts),
                _ => {}
            }
        }
    }
}

/// Every message of a type, with its path.
pub(super) fn messages<'a>(
    message: &'a DynamicMessage,
    full_name: &str,
) -> Vec<(String, &'a DynamicMessage)> {
    let mut found = Vec::new();
    collect_messages(message, full_name, "", &mut found);
    found
}

fn collect_messages<'a>(
    message: &'a DynamicMessage,
    full_name: &str,
    path: &str,
    found: &mut Vec<(String, &'a DynamicMessage)>,
) {
    for (field, value) in message.fields() {
        for (path, item) in items(&field, value, path) {
            if let Value::Message(inner) = item {
                if inner.descriptor().full_name() == full_name {
                    found.push((path.clone(), inner));
                }
                collect_messages(inner, full_name, &path, found);
            }
        }
    }
}

/// The values of a field, each with its path.
fn items<'a>(field: &FieldDescriptor, value: &'a Value, path: &str) -> Vec<(String, &'a Value)> {
    let path = if path.is_empty() {
        field.name().to_owned()
    } else {
        format!("{path}.{}", field.name())
    };
    match value {
        Value::List(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (format!("{path}[{index}]"), item))
            .collect(),
        single => vec![(path, single)],
    }
}
