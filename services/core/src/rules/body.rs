//! Record bodies by collection.

use hedgerow_proto::v1;
use prost::{DecodeError, Message};

use crate::name::collection;

/// A decoded record body, for reading. Never encode it again on a receiver: the bytes
/// are hashed and may contain unknown fields.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordBody {
    /// A group's entry in the directory, in any of the three voices.
    Listing(Box<v1::Listing>),
    /// A group's funding and sustainability; sensitive.
    Circumstances(Box<v1::Circumstances>),
    /// Something that happens once or repeatedly.
    Event(Box<v1::Event>),
    /// A resource that a group offers.
    Offer(Box<v1::Offer>),
    /// A resource that a group looks for.
    Need(Box<v1::Need>),
    /// A group's recommendation of another group.
    Vouch(Box<v1::Vouch>),
    /// A case study, published with consent.
    Story(Box<v1::Story>),
    /// A partner's pledge with a target and a due date.
    Commitment(Box<v1::Commitment>),
    /// A kind of a later version: stored and passed on, never decoded.
    Unknown,
}

impl RecordBody {
    /// Decodes a body by its collection, without checking any rule.
    ///
    /// # Errors
    /// If the bytes are not a message of that kind.
    pub fn parse(name: &str, body: &[u8]) -> Result<Self, DecodeError> {
        fn decode<M: Message + Default>(body: &[u8]) -> Result<Box<M>, DecodeError> {
            M::decode(body).map(Box::new)
        }
        Ok(match name {
            collection::LISTING => Self::Listing(decode(body)?),
            collection::CIRCUMSTANCES => Self::Circumstances(decode(body)?),
            collection::EVENT => Self::Event(decode(body)?),
            collection::OFFER => Self::Offer(decode(body)?),
            collection::NEED => Self::Need(decode(body)?),
            collection::VOUCH => Self::Vouch(decode(body)?),
            collection::STORY => Self::Story(decode(body)?),
            collection::COMMITMENT => Self::Commitment(decode(body)?),
            _ => Self::Unknown,
        })
    }

    /// Returns the full name of a collection's message; `None` for an unknown kind.
    pub(super) fn message_name(name: &str) -> Option<&'static str> {
        Some(match name {
            collection::LISTING => "hedgerow.v1.Listing",
            collection::CIRCUMSTANCES => "hedgerow.v1.Circumstances",
            collection::EVENT => "hedgerow.v1.Event",
            collection::OFFER => "hedgerow.v1.Offer",
            collection::NEED => "hedgerow.v1.Need",
            collection::VOUCH => "hedgerow.v1.Vouch",
            collection::STORY => "hedgerow.v1.Story",
            collection::COMMITMENT => "hedgerow.v1.Commitment",
            _ => return None,
        })
    }

    /// Encodes the body: only for the node that writes it, before anything is hashed.
    pub(super) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Listing(body) => body.encode_to_vec(),
            Self::Circumstances(body) => body.encode_to_vec(),
            Self::Event(body) => body.encode_to_vec(),
            Self::Offer(body) => body.encode_to_vec(),
            Self::Need(body) => body.encode_to_vec(),
            Self::Vouch(body) => body.encode_to_vec(),
            Self::Story(body) => body.encode_to_vec(),
            Self::Commitment(body) => body.encode_to_vec(),
            Self::Unknown => Vec::new(),
        }
    }

    /// Returns every place in the body, with its path and its use.
    pub(super) fn places(&self) -> Vec<(String, PlaceUse, &v1::Place)> {
        match self {
            Self::Listing(listing) => {
                let locations = indexed("places", PlaceUse::Location, &listing.places);
                locations
                    .chain(indexed(
                        "areas_served",
                        PlaceUse::Area,
                        &listing.areas_served,
                    ))
                    .collect()
            }
            Self::Event(event) => single("place", PlaceUse::Location, event.place.as_ref()),
            Self::Offer(offer) => {
                in_resource(offer.resource.as_ref().and_then(|it| it.place.as_ref()))
            }
            Self::Need(need) => {
                in_resource(need.resource.as_ref().and_then(|it| it.place.as_ref()))
            }
            Self::Commitment(commitment) => {
                indexed("areas", PlaceUse::Area, &commitment.areas).collect()
            }
            Self::Circumstances(_) | Self::Vouch(_) | Self::Story(_) | Self::Unknown => Vec::new(),
        }
    }

    /// Returns the same places as [`places`](Self::places), mutable.
    pub(super) fn places_mut(&mut self) -> Vec<(String, PlaceUse, &mut v1::Place)> {
        match self {
            Self::Listing(listing) => {
                let locations = indexed("places", PlaceUse::Location, &mut listing.places);
                let areas = indexed("areas_served", PlaceUse::Area, &mut listing.areas_served);
                locations.chain(areas).collect()
            }
            Self::Event(event) => single("place", PlaceUse::Location, event.place.as_mut()),
            Self::Offer(offer) => {
                in_resource(offer.resource.as_mut().and_then(|it| it.place.as_mut()))
            }
            Self::Need(need) => {
                in_resource(need.resource.as_mut().and_then(|it| it.place.as_mut()))
            }
            Self::Commitment(commitment) => {
                indexed("areas", PlaceUse::Area, &mut commitment.areas).collect()
            }
            Self::Circumstances(_) | Self::Vouch(_) | Self::Story(_) | Self::Unknown => Vec::new(),
        }
    }

    /// Returns the contact channels of the body, with the name of their field.
    pub(super) fn contacts(&self) -> (&'static str, &[v1::ContactChannel]) {
        let contacts: &[_] = match self {
            Self::Listing(listing) => &listing.contacts,
            Self::Event(event) => &event.contacts,
            Self::Offer(offer) => &offer.contacts,
            Self::Need(need) => &need.contacts,
            Self::Circumstances(_)
            | Self::Vouch(_)
            | Self::Story(_)
            | Self::Commitment(_)
            | Self::Unknown => &[],
        };
        ("contacts", contacts)
    }

    /// Returns whether the body keeps a location less exact than it is: at least one is
    /// below exact, or there is no location at all.
    #[must_use]
    pub fn is_below_exact(&self) -> bool {
        let exact = v1::Precision::Exact as i32;
        let places = self.places();
        let mut locations = places
            .iter()
            .filter(|(_, usage, _)| *usage == PlaceUse::Location)
            .peekable();
        locations.peek().is_none() || locations.any(|(.., place)| place.precision != exact)
    }
}

/// The use of a place in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlaceUse {
    /// The record's subject is or happens there.
    Location,
    /// The record applies to this area.
    Area,
}

fn indexed<P>(
    name: &'static str,
    usage: PlaceUse,
    places: impl IntoIterator<Item = P>,
) -> impl Iterator<Item = (String, PlaceUse, P)> {
    let path = move |(index, place)| (format!("{name}[{index}]"), usage, place);
    places.into_iter().enumerate().map(path)
}

fn in_resource<P>(place: Option<P>) -> Vec<(String, PlaceUse, P)> {
    single("resource.place", PlaceUse::Location, place)
}

fn single<P>(path: &str, usage: PlaceUse, place: Option<P>) -> Vec<(String, PlaceUse, P)> {
    place
        .into_iter()
        .map(|place| (path.to_owned(), usage, place))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::schema::{FieldType, schema};
    use super::*;

    /// Collects every path from a message to a place, by the schema.
    fn place_paths(message: &str, prefix: &str, found: &mut BTreeSet<String>) {
        for field in schema().fields(message).unwrap().values() {
            let FieldType::Message(name) = &field.field_type else {
                continue;
            };
            let index = if field.repeated { "[0]" } else { "" };
            let path = format!("{prefix}{}{index}", field.name);
            if name == "hedgerow.v1.Place" {
                found.insert(path);
            } else {
                place_paths(name, &format!("{path}."), found);
            }
        }
    }

    #[test]
    fn places_returns_every_place_of_every_kind() {
        let place = || Some(v1::Place::default());
        let places = || vec![v1::Place::default()];
        let resource = || {
            Some(v1::Resource {
                place: place(),
                ..Default::default()
            })
        };
        let bodies = [
            RecordBody::Listing(Box::new(v1::Listing {
                places: places(),
                areas_served: places(),
                ..Default::default()
            })),
            RecordBody::Event(Box::new(v1::Event {
                place: place(),
                ..Default::default()
            })),
            RecordBody::Offer(Box::new(v1::Offer {
                resource: resource(),
                ..Default::default()
            })),
            RecordBody::Need(Box::new(v1::Need {
                resource: resource(),
                ..Default::default()
            })),
            RecordBody::Commitment(Box::new(v1::Commitment {
                areas: places(),
                ..Default::default()
            })),
            RecordBody::Story(Box::default()),
            RecordBody::Vouch(Box::default()),
            RecordBody::Circumstances(Box::default()),
        ];
        let kinds = [
            "listing",
            "event",
            "offer",
            "need",
            "commitment",
            "story",
            "vouch",
            "circumstances",
        ];
        for (kind, mut body) in kinds.into_iter().zip(bodies) {
            let mut expected = BTreeSet::new();
            place_paths(RecordBody::message_name(kind).unwrap(), "", &mut expected);
            let found: BTreeSet<_> = body.places().into_iter().map(|(path, ..)| path).collect();
            assert_eq!(found, expected, "{kind}");
            let found: BTreeSet<_> = body
                .places_mut()
                .into_iter()
                .map(|(path, ..)| path)
                .collect();
            assert_eq!(found, expected, "{kind}");
        }
    }
}
