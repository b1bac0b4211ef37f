//! Records about two houses.

use hedgerow_proto::v1;
use hedgerow_proto::v1::Precision;
use prost::Message;

/// A house, with everything that shows it.
pub(super) struct Site {
    point: v1::Point,
    name: &'static str,
    street: &'static str,
    postcode: &'static str,
}

pub(super) const SITES: [Site; 2] = [
    Site {
        point: v1::Point {
            latitude_e7: 538_000_000,
            longitude_e7: -15_490_000,
        },
        name: "Example Hall",
        street: "12 Example Road",
        postcode: "LS1 1AA",
    },
    Site {
        point: v1::Point {
            latitude_e7: 538_210_000,
            longitude_e7: -15_700_000,
        },
        name: "Sample Barn",
        street: "9 Weaver's Wynd",
        postcode: "LS6 2AB",
    },
];

/// One record each, which exists or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    Listing,
    EventOne,
    EventTwo,
    Offer,
}

/// What the texts and contacts of a record say about its site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    Nothing,
    Street,
    Postcode,
    Venue,
    PostalContact,
}

fn place(site: &Site, precision: Precision) -> v1::Place {
    let mut place = v1::Place {
        precision: precision.into(),
        ..v1::Place::default()
    };
    match precision {
        Precision::Exact => {
            place.point = Some(site.point);
            place.name = site.name.to_owned();
            place.street = site.street.to_owned();
            place.postcode = site.postcode.to_owned();
        }
        Precision::Neighbourhood => place.point = Some(site.point),
        Precision::Town => place.name = "Leeds".to_owned(),
        Precision::Region => place.name = "Yorkshire and the Humber".to_owned(),
        _ => {}
    }
    place
}

pub(super) fn body(slot: Slot, site: usize, precision: Option<Precision>, words: Words) -> Vec<u8> {
    let site = &SITES[site];
    let place = precision.map(|precision| place(site, precision));
    let text = match words {
        Words::Nothing | Words::PostalContact => String::new(),
        Words::Street => format!("Come to {}.", site.street),
        Words::Postcode => format!("It is {}.", site.postcode),
        Words::Venue => format!("As ever in {}.", site.name),
    };
    let contacts = match words {
        Words::PostalContact => vec![v1::ContactChannel {
            kind: v1::ContactKind::Post.into(),
            value: format!("{}, {}", site.street, site.postcode),
            ..v1::ContactChannel::default()
        }],
        _ => Vec::new(),
    };
    match slot {
        Slot::Listing => v1::Listing {
            name: "Our group".to_owned(),
            description: text,
            voice: v1::Voice::Itself.into(),
            roles: vec![v1::Role::SupportGroup.into()],
            places: place.into_iter().collect(),
            contacts,
            ..v1::Listing::default()
        }
        .encode_to_vec(),
        Slot::EventOne | Slot::EventTwo => v1::Event {
            title: format!("{slot:?}"),
            summary: text,
            schedule: Some(v1::Schedule {
                start: "2026-12-09T19:00".to_owned(),
                duration_minutes: 60,
                time_zone: "Europe/London".to_owned(),
                ..v1::Schedule::default()
            }),
            online: Some(v1::Online {
                available: true,
                ..v1::Online::default()
            }),
            place,
            contacts,
            ..v1::Event::default()
        }
        .encode_to_vec(),
        Slot::Offer => v1::Offer {
            resource: Some(v1::Resource {
                title: "Tea urn".to_owned(),
                place,
                detail: Some(v1::resource::Detail::Equipment(v1::Equipment::default())),
                ..v1::Resource::default()
            }),
            how_to_ask: text,
            contacts,
            ..v1::Offer::default()
        }
        .encode_to_vec(),
    }
}

pub(super) fn collection(slot: Slot) -> &'static str {
    match slot {
        Slot::Listing => "listing",
        Slot::EventOne | Slot::EventTwo => "event",
        Slot::Offer => "offer",
    }
}

/// The place that a published record shows.
pub(super) fn published_precision(collection: &str, record: &[u8]) -> Option<Precision> {
    let body = v1::Record::decode(record).expect("a record").body;
    let body = body.as_slice();
    let place = match collection {
        "listing" => v1::Listing::decode(body).expect("a listing").places.pop(),
        "event" => v1::Event::decode(body).expect("an event").place,
        _ => v1::Offer::decode(body)
            .expect("an offer")
            .resource
            .and_then(|resource| resource.place),
    };
    place.map(|place| place.precision())
}
