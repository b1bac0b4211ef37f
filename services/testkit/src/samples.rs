//! Messages to publish in tests.

use hedgerow_core::gazetteer::gazetteer;
use hedgerow_proto::v1;

/// The largest town of exactly that name.
///
/// # Panics
/// If the gazetteer has none.
pub fn town(name: &str) -> v1::Place {
    let places = gazetteer().places().iter();
    let place = places
        .filter(|place| place.name == name)
        .max_by_key(|place| place.population)
        .unwrap_or_else(|| panic!("no place is called {name}"));
    v1::Place {
        precision: v1::Precision::Town.into(),
        point: Some(place.point()),
        name: place.name.clone(),
        geonames_id: u32::try_from(place.geonames_id).unwrap(),
        country: "GB".into(),
        ..v1::Place::default()
    }
}

/// A support group's own listing.
pub fn listing(name: &str, summary: &str, place: Option<&str>) -> v1::Listing {
    v1::Listing {
        name: name.into(),
        summary: summary.into(),
        voice: v1::Voice::Itself.into(),
        roles: vec![v1::Role::SupportGroup.into()],
        places: place.map(town).into_iter().collect(),
        ..v1::Listing::default()
    }
}

/// A weekly event.
pub fn weekly(title: &str, start: &str, place: &str) -> v1::Event {
    v1::Event {
        title: title.into(),
        schedule: Some(v1::Schedule {
            start: start.into(),
            duration_minutes: 120,
            time_zone: "Europe/London".into(),
            rrules: vec!["FREQ=WEEKLY".into()],
            ..v1::Schedule::default()
        }),
        place: Some(town(place)),
        status: v1::EventStatus::Planned.into(),
        ..v1::Event::default()
    }
}

/// A room to share.
pub fn room(title: &str, capacity: u32, place: &str) -> v1::Offer {
    v1::Offer {
        resource: Some(v1::Resource {
            title: title.into(),
            place: Some(town(place)),
            price: Some(v1::Price {
                kind: v1::PriceKind::Free.into(),
                ..v1::Price::default()
            }),
            detail: Some(v1::resource::Detail::Space(v1::Space {
                capacity,
                ..v1::Space::default()
            })),
            ..v1::Resource::default()
        }),
        ..v1::Offer::default()
    }
}
