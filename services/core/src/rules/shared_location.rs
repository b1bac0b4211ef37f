//! Two records of one group at one location. The coarser precision applies to both unless
//! the steward confirms otherwise: a listing that shows only its town would be undone by
//! an event that gives the street.

use hedgerow_proto::v1;
use hedgerow_proto::v1::{Precision, Voice};

use super::body::{PlaceUse, RecordBody};
use super::precision::address_fields;
use super::violations::Violations;
use crate::gazetteer::gazetteer;
use crate::place::{distance_m, is_in_range, neighbourhood_centre};

/// Points closer to each other than this are one location.
const SAME_POINT_M: f64 = 100.0;
/// A location this close to a town's point may be the one that is shown as that town.
const TOWN_RADIUS_M: f64 = 8_000.0;

/// The reason to confirm to publish a location more exactly than another record does.
const FINER: &str = "finer_than_other_record";
/// The reason to confirm to publish a location less exactly than another record does.
const COARSER: &str = "other_record_is_finer";

/// A location of another published record of the same group.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceInUse {
    /// The title of the other record, by which a steward knows it.
    pub record: String,
    /// The place as published, at its stated precision.
    pub place: v1::Place,
}

/// Returns the places of a published record to compare another record of the group with:
/// its locations, not the areas that it serves. Call it for every other record of the
/// group, except the one that is being replaced.
///
/// A catalogued listing has places of another group and returns nothing. A listing on
/// behalf of a branch returns only places that are exact enough to compare.
#[must_use]
pub fn places_in_use(record: &str, body: &RecordBody) -> Vec<PlaceInUse> {
    let owner = place_owner(body);
    let places = body.places().into_iter().filter(|(_, usage, place)| {
        let is_comparable = match owner {
            PlaceOwner::Publisher => true,
            PlaceOwner::Branch => matches!(
                place.precision(),
                Precision::Exact | Precision::Neighbourhood
            ),
            PlaceOwner::Other => false,
        };
        *usage == PlaceUse::Location && is_comparable
    });
    places
        .map(|(.., place)| PlaceInUse {
            record: record.to_owned(),
            place: place.clone(),
        })
        .collect()
}

/// Lowers the precision of each place that another record shows less exactly, or adds a
/// confirmable violation if that cannot be decided without the steward.
pub(super) fn apply(
    body: &mut RecordBody,
    neighbours: &[PlaceInUse],
    confirmed: &[String],
    violations: &mut Violations,
) {
    let owner = place_owner(body);
    if owner == PlaceOwner::Other {
        return;
    }
    for (path, usage, place) in body.places_mut() {
        if usage == PlaceUse::Location && place.precision() != Precision::Unspecified {
            compare(&path, place, neighbours, owner, confirmed, violations);
        }
    }
}

fn compare(
    path: &str,
    place: &mut v1::Place,
    neighbours: &[PlaceInUse],
    owner: PlaceOwner,
    confirmed: &[String],
    violations: &mut Violations,
) {
    let is_confirmed = |reason: &str| confirmed.iter().any(|it| it == reason);
    let own = place.precision();
    let coarser = neighbours
        .iter()
        .filter(|other| other.place.precision() > own);
    let coarser = coarser.map(|other| (overlap(place, &other.place), other));
    let coarser = coarser.filter(|(overlap, _)| match overlap {
        Overlap::Certain => true,
        Overlap::Possible => owner == PlaceOwner::Publisher,
        Overlap::None => false,
    });
    // Certain overlaps first, then the coarsest: a certain one can be adjusted without a
    // question.
    let coarsest = coarser
        .max_by_key(|(overlap, other)| (*overlap == Overlap::Certain, other.place.precision()));
    if let Some((overlap, other)) = coarsest {
        let theirs = precision_name(other.place.precision());
        let kept = is_confirmed(FINER);
        // An address cannot be rounded, and must never be dropped silently.
        if !kept && overlap == Overlap::Certain && address_fields(place).is_empty() {
            place.precision = other.place.precision;
            violations.add_adjustment(format!(
                "{path}: shown as {theirs}, as `{}` shows it. Confirm `{FINER}` to show it \
                 more exactly.",
                other.record
            ));
        } else if !kept {
            violations.add_confirmable(
                format!("{path}.precision"),
                FINER,
                format!(
                    "`{}` shows its place only as {theirs}. If this is the same place, choose \
                     {theirs} here too; if it is another place, or may be shown, confirm.",
                    other.record
                ),
            );
        }
    }
    let finer = neighbours
        .iter()
        .find(|other| other.place.precision() < own && is_same_point(place, &other.place));
    if let Some(other) = finer.filter(|_| !is_confirmed(COARSER)) {
        violations.add_confirmable(
            format!("{path}.precision"),
            COARSER,
            format!(
                "`{}` shows the same place as {}. Change it first, or confirm that this is meant.",
                other.record,
                precision_name(other.place.precision())
            ),
        );
    }
}

/// The group whose places a record has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PlaceOwner {
    Publisher,
    Branch,
    Other,
}

fn place_owner(body: &RecordBody) -> PlaceOwner {
    match body {
        RecordBody::Listing(listing) => match listing.voice() {
            Voice::Catalogued => PlaceOwner::Other,
            Voice::OnBehalf => PlaceOwner::Branch,
            Voice::Itself | Voice::Unspecified => PlaceOwner::Publisher,
        },
        // The place of a need is where the group looks for something, not where it meets.
        RecordBody::Need(_) => PlaceOwner::Other,
        _ => PlaceOwner::Publisher,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Overlap {
    Certain,
    Possible,
    None,
}

/// Compares a place, not yet rounded, with a coarser place that may show the same location.
fn overlap(fine: &v1::Place, coarse: &v1::Place) -> Overlap {
    let point = fine.point.filter(is_in_range);
    let id = fine.geonames_id;
    match coarse.precision() {
        Precision::Unspecified | Precision::Exact => Overlap::None,
        Precision::Neighbourhood => match point {
            Some(point) if coarse.point == Some(neighbourhood_centre(&point)) => Overlap::Certain,
            Some(_) => Overlap::None,
            None => Overlap::Possible,
        },
        Precision::Town => {
            let near = match (point, coarse.point) {
                (Some(point), Some(town)) => distance_m(&point, &town) <= TOWN_RADIUS_M,
                _ => id == 0,
            };
            let nearest = point.and_then(|p| gazetteer().nearest(p.latitude_e7, p.longitude_e7));
            let is_nearest =
                nearest.is_some_and(|(town, _)| town.geonames_id == u64::from(coarse.geonames_id));
            if near || is_nearest || id == coarse.geonames_id {
                Overlap::Possible
            } else {
                Overlap::None
            }
        }
        Precision::Region => {
            let by_point = point.and_then(|p| gazetteer().nearest(p.latitude_e7, p.longitude_e7));
            let by_id = || gazetteer().by_id(u64::from(id));
            let region = by_point
                .map(|(town, _)| town)
                .or_else(by_id)
                .map(|town| &town.region);
            let mut theirs = coarse
                .regions
                .iter()
                .filter(|name| name.scheme == "ons")
                .peekable();
            match region {
                Some(region) if theirs.peek().is_some() && theirs.all(|it| it.name != *region) => {
                    Overlap::None
                }
                _ => Overlap::Possible,
            }
        }
        Precision::Hidden => Overlap::Possible,
    }
}

fn is_same_point(a: &v1::Place, b: &v1::Place) -> bool {
    match (a.point.filter(is_in_range), b.point.filter(is_in_range)) {
        (Some(a), Some(b)) => distance_m(&a, &b) <= SAME_POINT_M,
        _ => false,
    }
}

fn precision_name(precision: Precision) -> &'static str {
    match precision {
        Precision::Unspecified => "unspecified",
        Precision::Exact => "exact",
        Precision::Neighbourhood => "neighbourhood",
        Precision::Town => "town",
        Precision::Region => "region",
        Precision::Hidden => "hidden",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINT: v1::Point = v1::Point {
        latitude_e7: 549_783_123,
        longitude_e7: -16_178_456,
    };

    fn event(precision: Precision, street: &str) -> RecordBody {
        let place = v1::Place {
            precision: precision as i32,
            point: Some(POINT),
            street: street.into(),
            ..Default::default()
        };
        RecordBody::Event(Box::new(v1::Event {
            place: Some(place),
            ..Default::default()
        }))
    }

    fn listing(precision: Precision) -> PlaceInUse {
        let newcastle = gazetteer().by_id(2_641_673).unwrap();
        let place = match precision {
            Precision::Exact => v1::Place {
                point: Some(POINT),
                ..Default::default()
            },
            Precision::Neighbourhood => v1::Place {
                point: Some(neighbourhood_centre(&POINT)),
                ..Default::default()
            },
            Precision::Town => v1::Place {
                point: Some(newcastle.point()),
                geonames_id: 2_641_673,
                ..Default::default()
            },
            _ => v1::Place::default(),
        };
        let place = v1::Place {
            precision: precision as i32,
            ..place
        };
        PlaceInUse {
            record: "Our listing".into(),
            place,
        }
    }

    fn applied(
        mut body: RecordBody,
        other: PlaceInUse,
        confirmed: &[&str],
    ) -> (Precision, Violations) {
        let mut violations = Violations::default();
        let confirmed: Vec<_> = confirmed.iter().map(|&reason| reason.to_owned()).collect();
        apply(&mut body, &[other], &confirmed, &mut violations);
        let result = body.places()[0].2.precision();
        (result, violations)
    }

    #[test]
    fn an_event_in_the_square_of_the_listing_gets_its_precision() {
        let other = listing(Precision::Neighbourhood);
        let (precision, violations) = applied(event(Precision::Exact, ""), other.clone(), &[]);
        assert_eq!(precision, Precision::Neighbourhood);
        assert_eq!(
            (violations.list.len(), violations.adjustments.len()),
            (0, 1)
        );
        let (precision, violations) = applied(event(Precision::Exact, ""), other, &[FINER]);
        assert_eq!(precision, Precision::Exact);
        assert!(violations.list.is_empty() && violations.adjustments.is_empty());
    }

    #[test]
    fn an_address_is_never_dropped_silently_but_must_be_confirmed() {
        let other = listing(Precision::Neighbourhood);
        let (precision, violations) =
            applied(event(Precision::Exact, "12 High Street"), other, &[]);
        assert_eq!(precision, Precision::Exact);
        assert_eq!(violations.list[0].reason, FINER);
        assert!(violations.list[0].confirmable);
    }

    #[test]
    fn a_possible_overlap_must_be_confirmed() {
        for coarse in [Precision::Town, Precision::Region, Precision::Hidden] {
            let (kept, violations) = applied(event(Precision::Exact, ""), listing(coarse), &[]);
            assert_eq!(kept, Precision::Exact);
            assert_eq!(violations.list[0].reason, FINER, "{coarse:?}");
            let (_, violations) = applied(event(Precision::Exact, ""), listing(coarse), &[FINER]);
            assert!(violations.list.is_empty());
        }
    }

    #[test]
    fn another_town_is_another_place() {
        let mut leeds = listing(Precision::Town);
        leeds.place.geonames_id = 2_644_688;
        leeds.place.point = gazetteer()
            .by_id(2_644_688)
            .map(crate::gazetteer::Place::point);
        let (_, violations) = applied(event(Precision::Exact, ""), leeds, &[]);
        assert!(violations.list.is_empty());
    }

    #[test]
    fn hiding_a_place_that_another_record_shows_must_be_confirmed() {
        let (_, violations) = applied(event(Precision::Town, ""), listing(Precision::Exact), &[]);
        assert_eq!(violations.list[0].reason, COARSER);
    }

    #[test]
    fn equal_precision_needs_no_confirmation() {
        for precision in [Precision::Exact, Precision::Neighbourhood, Precision::Town] {
            let (_, violations) = applied(event(precision, ""), listing(precision), &[]);
            assert!(violations.list.is_empty(), "{precision:?}");
        }
    }

    #[test]
    fn a_catalogued_listing_has_no_places_in_use() {
        let place = listing(Precision::Town).place;
        let mut listing = v1::Listing {
            places: vec![place],
            ..Default::default()
        };
        listing.voice = Voice::Catalogued as i32;
        assert!(places_in_use("x", &RecordBody::Listing(Box::new(listing.clone()))).is_empty());
        listing.voice = Voice::Itself as i32;
        assert_eq!(
            places_in_use("x", &RecordBody::Listing(Box::new(listing))).len(),
            1
        );
    }
}
