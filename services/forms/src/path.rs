//! Values of a message by their paths.

use prost_reflect::{DynamicMessage, FieldDescriptor, ReflectMessage as _, Value};

/// A field of a message by its name. `None` if this build does not have it: tests read all tables.
pub(crate) fn field(message: &DynamicMessage, name: &str) -> Option<FieldDescriptor> {
    message.descriptor().get_field_by_name(name)
}

/// The value of a field, if it is set.
pub(crate) fn value(message: &DynamicMessage, name: &str) -> Option<Value> {
    let field = field(message, name)?;
    message
        .has_field(&field)
        .then(|| message.get_field(&field).into_owned())
}

/// The message in a field, if it is set.
pub(crate) fn part(message: &DynamicMessage, name: &str) -> Option<DynamicMessage> {
    match value(message, name)? {
        Value::Message(part) => Some(part),
        _ => None,
    }
}

/// The messages in a repeated field.
pub(crate) fn parts(message: &DynamicMessage, name: &str) -> Vec<DynamicMessage> {
    match value(message, name) {
        Some(Value::List(items)) => items
            .into_iter()
            .filter_map(|item| match item {
                Value::Message(part) => Some(part),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// A text of a message; empty if it is not set.
pub(crate) fn text(message: &DynamicMessage, name: &str) -> String {
    match value(message, name) {
        Some(Value::String(text)) => text,
        _ => String::new(),
    }
}

/// Whether nothing is in a message, not even a field of a later version.
pub(crate) fn is_empty(message: &DynamicMessage) -> bool {
    message.fields().next().is_none() && message.unknown_fields().next().is_none()
}

/// An empty message of a field.
pub(crate) fn blank(field: &FieldDescriptor) -> Option<DynamicMessage> {
    field
        .kind()
        .as_message()
        .map(|message| DynamicMessage::new(message.clone()))
}

/// Sets or clears a field.
pub(crate) fn put(message: &mut DynamicMessage, field: &FieldDescriptor, value: Option<Value>) {
    match value {
        Some(value) => message.set_field(field, value),
        None => message.clear_field(field),
    }
}

/// Puts a changed part into its field. A part that became empty is left out, but not the one
/// that says of which kind a thing is.
pub(crate) fn put_part(
    message: &mut DynamicMessage,
    field: &FieldDescriptor,
    before: Option<&DynamicMessage>,
    after: DynamicMessage,
) {
    if before == Some(&after) {
        return;
    }
    if is_empty(&after) && field.containing_oneof().is_none() {
        message.clear_field(field);
    } else if !is_empty(&after) || before.is_some() {
        message.set_field(field, Value::Message(after));
    }
}
