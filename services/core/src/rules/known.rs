//! The bodies that this build knows, by collection.

use hedgerow_proto::v1;
use prost::DecodeError;
use prost::Message;

use crate::name::collection;

/// A record's body, decoded for reading. The bytes stay what they were.
#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    /// A listing.
    Listing(Box<v1::Listing>),
    /// How a group is faring.
    Circumstances(Box<v1::Circumstances>),
    /// An event.
    Event(Box<v1::Event>),
    /// Something offered.
    Offer(Box<v1::Offer>),
    /// Something looked for.
    Need(Box<v1::Need>),
    /// One group's word for another.
    Vouch(Box<v1::Vouch>),
    /// A case study.
    Story(Box<v1::Story>),
    /// What a partner has undertaken.
    Commitment(Box<v1::Commitment>),
    /// A kind that this build does not know: kept and passed on, never looked into.
    Unknown,
}

impl Known {
    /// Decodes a body by its collection. No rule is checked.
    ///
    /// # Errors
    /// When the bytes are no message of that kind.
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

    /// The full name of the body's message, by collection.
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

    /// The body's bytes: for the node that writes it, before anything is hashed.
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

    /// Every place in the body, with its path and what it is there for.
    pub(super) fn places(&self) -> Vec<(String, PlaceUse, &v1::Place)> {
        match self {
            Self::Listing(listing) => {
                let meets = numbered("places", PlaceUse::Where, &listing.places);
                meets
                    .chain(numbered(
                        "areas_served",
                        PlaceUse::Area,
                        &listing.areas_served,
                    ))
                    .collect()
            }
            Self::Event(event) => one("place", PlaceUse::Where, event.place.as_ref()),
            Self::Offer(offer) => {
                let place = offer
                    .resource
                    .as_ref()
                    .and_then(|resource| resource.place.as_ref());
                one("resource.place", PlaceUse::Where, place)
            }
            Self::Need(need) => {
                let place = need
                    .resource
                    .as_ref()
                    .and_then(|resource| resource.place.as_ref());
                one("resource.place", PlaceUse::Where, place)
            }
            Self::Commitment(commitment) => {
                numbered("areas", PlaceUse::Area, &commitment.areas).collect()
            }
            Self::Circumstances(_) | Self::Vouch(_) | Self::Story(_) | Self::Unknown => Vec::new(),
        }
    }

    /// The same places, to be changed.
    pub(super) fn places_mut(&mut self) -> Vec<(String, PlaceUse, &mut v1::Place)> {
        match self {
            Self::Listing(listing) => {
                let meets = numbered("places", PlaceUse::Where, &mut listing.places);
                let areas = numbered("areas_served", PlaceUse::Area, &mut listing.areas_served);
                meets.chain(areas).collect()
            }
            Self::Event(event) => one("place", PlaceUse::Where, event.place.as_mut()),
            Self::Offer(offer) => {
                let place = offer
                    .resource
                    .as_mut()
                    .and_then(|resource| resource.place.as_mut());
                one("resource.place", PlaceUse::Where, place)
            }
            Self::Need(need) => {
                let place = need
                    .resource
                    .as_mut()
                    .and_then(|resource| resource.place.as_mut());
                one("resource.place", PlaceUse::Where, place)
            }
            Self::Commitment(commitment) => {
                numbered("areas", PlaceUse::Area, &mut commitment.areas).collect()
            }
            Self::Circumstances(_) | Self::Vouch(_) | Self::Story(_) | Self::Unknown => Vec::new(),
        }
    }

    /// The contact channels of a body.
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

    /// Whether something in the body is kept less exact than where it is: a place below
    /// exact, or no place told at all.
    pub(super) fn is_below_exact(&self) -> bool {
        let exact = v1::Precision::Exact as i32;
        let places = self.places();
        let mut whereabouts = places
            .iter()
            .filter(|(_, used, _)| *used == PlaceUse::Where);
        let mut told = false;
        let all_exact = whereabouts.all(|(_, _, place)| {
            told = true;
            place.precision == exact
        });
        !(told && all_exact)
    }
}

/// What a place stands for in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlaceUse {
    /// Where something is or happens.
    Where,
    /// An area that is served or meant.
    Area,
}

fn numbered<P>(
    name: &'static str,
    used: PlaceUse,
    places: impl IntoIterator<Item = P>,
) -> impl Iterator<Item = (String, PlaceUse, P)> {
    let path = move |(index, place)| (format!("{name}[{index}]"), used, place);
    places.into_iter().enumerate().map(path)
}

fn one<P>(path: &str, used: PlaceUse, place: Option<P>) -> Vec<(String, PlaceUse, P)> {
    place
        .into_iter()
        .map(|place| (path.to_owned(), used, place))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::schema::*;
    use super::*;

    /// Every way from a message to a place, by the schema.
    fn ways(message: &str, prefix: &str, found: &mut BTreeSet<String>) {
        for field in schema().fields(message).unwrap().values() {
            let Kind::Message(name) = &field.kind else {
                continue;
            };
            let index = if field.repeated { "[0]" } else { "" };
            let path = format!("{prefix}{}{index}", field.name);
            if name == "hedgerow.v1.Place" {
                found.insert(path);
            } else {
                ways(name, &format!("{path}."), found);
            }
        }
    }

    #[test]
    fn no_place_of_any_kind_is_forgotten() {
        let place = || Some(v1::Place::default());
        let places = || vec![v1::Place::default()];
        let resource = || {
            Some(v1::Resource {
                place: place(),
                ..Default::default()
            })
        };
        let bodies = [
            Known::Listing(Box::new(v1::Listing {
                places: places(),
                areas_served: places(),
                ..Default::default()
            })),
            Known::Event(Box::new(v1::Event {
                place: place(),
                ..Default::default()
            })),
            Known::Offer(Box::new(v1::Offer {
                resource: resource(),
                ..Default::default()
            })),
            Known::Need(Box::new(v1::Need {
                resource: resource(),
                ..Default::default()
            })),
            Known::Commitment(Box::new(v1::Commitment {
                areas: places(),
                ..Default::default()
            })),
            Known::Story(Box::default()),
            Known::Vouch(Box::default()),
            Known::Circumstances(Box::default()),
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
            ways(Known::message_name(kind).unwrap(), "", &mut expected);
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
