//! What a new record has from the group's listing, so that nobody types it twice.

use hedgerow_proto::v1::{Listing, Place, Precision};
use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, Value};

use crate::path;
use crate::record::Body;

/// Puts the listing's place into a new event, offer or need; for a group that meets online only,
/// how it does.
pub fn prefill(body: &mut Body, listing: &Listing) {
    let Some(resource) = path::field(body, "resource") else {
        put_place(body, listing);
        return;
    };
    let before = path::part(body, "resource");
    let Some(mut part) = before.clone().or_else(|| path::blank(&resource)) else {
        return;
    };
    // Nobody can come for a thing to a place that is not told.
    let is_hidden = |place: &Place| place.precision() == Precision::Hidden;
    if !listing.places.iter().any(is_hidden) {
        put_place(&mut part, listing);
    }
    path::put_part(body, &resource, before.as_ref(), part);
}

fn put_place(message: &mut DynamicMessage, listing: &Listing) {
    if let (Some(field), Some(place)) = (path::field(message, "place"), listing.places.first()) {
        put(message, &field, place);
    }
    let online = listing.online.as_ref().filter(|online| online.only);
    if let (Some(field), Some(online)) = (path::field(message, "online"), online) {
        put(message, &field, online);
    }
}

fn put(message: &mut DynamicMessage, field: &FieldDescriptor, part: &impl Message) {
    let Some(mut blank) = path::blank(field) else {
        return;
    };
    if blank.transcode_from(part).is_ok() {
        message.set_field(field, Value::Message(blank));
    }
}
