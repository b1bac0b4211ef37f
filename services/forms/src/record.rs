//! The body of a record.

use hedgerow_input::descriptors::message_of_kind;
use prost::Message as _;
use prost_reflect::{DynamicMessage, Value};

use crate::path;

/// The body of a record by its descriptor.
pub type Body = DynamicMessage;

/// Kinds of things that are offered or needed.
pub use hedgerow_input::descriptors::RESOURCE_KINDS as DETAILS;

/// The kind of thing in the body of an offer or a need.
pub fn detail_of(body: &Body) -> Option<&'static str> {
    let resource = path::part(body, "resource")?;
    DETAILS
        .into_iter()
        .find(|detail| path::part(&resource, detail).is_some())
}

/// An empty body of a kind, with the kind of thing for an offer or a need. `None` for a kind that
/// this build does not know.
pub(crate) fn new_body(kind: &str, detail: &str) -> Option<Body> {
    let mut body = DynamicMessage::new(message_of_kind(kind)?);
    if let Some(resource) = path::field(&body, "resource") {
        let mut part = path::blank(&resource)?;
        let field = path::field(&part, detail).filter(|_| DETAILS.contains(&detail))?;
        let of_kind = path::blank(&field)?;
        part.set_field(&field, Value::Message(of_kind));
        body.set_field(&resource, Value::Message(part));
    }
    if kind == "listing" {
        // Most listings are a support group's own words. Its form can say otherwise.
        body.set_field_by_name("voice", Value::EnumNumber(1));
        body.set_field_by_name("roles", Value::List(vec![Value::EnumNumber(1)]));
    }
    Some(body)
}

/// Reads an encoded body. `None` if this build cannot.
pub(crate) fn read_body(kind: &str, bytes: &[u8]) -> Option<Body> {
    let body = DynamicMessage::decode(message_of_kind(kind)?, bytes).ok()?;
    // A form would change a body that it cannot write as it was.
    (body.encode_to_vec() == bytes).then_some(body)
}

/// The fields of a body by the protocol's names (ProtoJSON). `None` for a kind that this build does
/// not know.
pub fn to_json(kind: &str, bytes: &[u8]) -> Option<serde_json::Value> {
    let body = DynamicMessage::decode(message_of_kind(kind)?, bytes).ok()?;
    serde_json::to_value(&body).ok()
}
