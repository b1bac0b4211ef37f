//! Two records at one place: the coarser precision holds for both, unless the steward
//! confirms otherwise. Else a listing that says "town" is undone by an event that
//! gives the street.

use hedgerow_proto::v1;
use hedgerow_proto::v1::Precision;
use hedgerow_proto::v1::Voice;

use super::Findings;
use super::Known;
use super::known::PlaceUse;
use super::precision::address_fields;
use crate::gazetteer::gazetteer;
use crate::place::distance_m;
use crate::place::is_in_range;
use crate::place::neighbourhood_centre;

/// Points nearer to each other than this are one place.
const ONE_PLACE_M: f64 = 100.0;
/// A place as near as this to a town's point may be the one that "town" stands for.
const IN_TOWN_M: f64 = 8_000.0;

/// The reason to confirm in order to publish more finely than another record does.
pub(super) const FINER: &str = "finer_than_other_record";
/// The reason to confirm in order to publish more coarsely than another record does.
pub(super) const COARSER: &str = "other_record_is_finer";

/// A place that another published record of the same group names.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceInUse {
    /// The other record, as a steward knows it: its title.
    pub record: String,
    /// The place as published.
    pub place: v1::Place,
}

/// The places of a published record that a further record of the group is compared
/// with: where it is or happens, not the areas that it serves. Call it for every other
/// record of the group, and not for the one that is being replaced.
///
/// A catalogued listing is about somebody else's places. One on behalf of a branch is
/// compared only where its place is told well enough to be the same.
#[must_use]
pub fn places_in_use(record: &str, known: &Known) -> Vec<PlaceInUse> {
    let about = about(known);
    let places = known.places().into_iter().filter(|(_, used, place)| {
        let told = matches!(
            precision(place),
            Precision::Exact | Precision::Neighbourhood
        );
        *used == PlaceUse::Where && (about == About::Publisher || (about == About::Branch && told))
    });
    places
        .map(|(.., place)| PlaceInUse {
            record: record.to_owned(),
            place: place.clone(),
        })
        .collect()
}

/// Takes the coarser precision where a place of the record is one of the places in use.
pub(super) fn apply(
    known: &mut Known,
    neighbours: &[PlaceInUse],
    confirmed: &[String],
    findings: &mut Findings,
) {
    let about = about(known);
    if about == About::Another {
        return;
    }
    for (path, used, place) in known.places_mut() {
        if used == PlaceUse::Where && precision(place) != Precision::Unspecified {
            compare(&path, place, neighbours, about, confirmed, findings);
        }
    }
}

fn compare(
    path: &str,
    place: &mut v1::Place,
    neighbours: &[PlaceInUse],
    about: About,
    confirmed: &[String],
    findings: &mut Findings,
) {
    let own = precision(place);
    let coarser = neighbours
        .iter()
        .filter(|other| precision(&other.place) > own);
    let coarser = coarser.map(|other| (sameness(place, &other.place), other));
    let coarser = coarser.filter(|(sameness, _)| match sameness {
        Sameness::Same => true,
        Sameness::Perhaps => about == About::Publisher,
        Sameness::Different => false,
    });
    // What is certainly the same place is taken first, then the coarsest.
    let coarsest = coarser
        .max_by_key(|(sameness, other)| (*sameness == Sameness::Same, precision(&other.place)));
    if let Some((sameness, other)) = coarsest {
        let theirs = word(precision(&other.place));
        let kept = confirmed.iter().any(|reason| reason == FINER);
        if !kept && sameness == Sameness::Same && address_fields(place).is_empty() {
            place.precision = other.place.precision;
            findings.adjusted(format!(
                "{path}: shown as {theirs}, as `{}` shows it. Confirm `{FINER}` to show it \
                 more exactly.",
                other.record
            ));
        } else if !kept {
            findings.ask(
                format!("{path}.precision"),
                FINER,
                format!(
                    "`{}` shows its place only as {theirs}. If this is the same place, choose \
                     {theirs} here too; if it is another, or may be told, confirm.",
                    other.record
                ),
            );
        }
    }
    let finer = neighbours
        .iter()
        .find(|other| precision(&other.place) < own && near(place, &other.place));
    if let Some(other) = finer.filter(|_| !confirmed.iter().any(|reason| reason == COARSER)) {
        findings.ask(
            format!("{path}.precision"),
            COARSER,
            format!(
                "`{}` shows the same place as {}. Change it first, or confirm that this is meant.",
                other.record,
                word(precision(&other.place))
            ),
        );
    }
}

/// Whose place a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Publisher,
    Branch,
    Another,
}

fn about(known: &Known) -> About {
    match known {
        Known::Listing(listing) => match listing.voice() {
            Voice::Catalogued => About::Another,
            Voice::OnBehalf => About::Branch,
            Voice::Itself | Voice::Unspecified => About::Publisher,
        },
        // What is looked for is not where the group is.
        Known::Need(_) => About::Another,
        _ => About::Publisher,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sameness {
    Same,
    Perhaps,
    Different,
}

/// Whether a place, not yet rounded, is the one that a coarser place stands for.
fn sameness(fine: &v1::Place, coarse: &v1::Place) -> Sameness {
    let point = fine.point.filter(is_in_range);
    let id = fine.geonames_id;
    match precision(coarse) {
        Precision::Unspecified | Precision::Exact => Sameness::Different,
        Precision::Neighbourhood => match point {
            Some(point) if coarse.point == Some(neighbourhood_centre(&point)) => Sameness::Same,
            Some(_) => Sameness::Different,
            None => Sameness::Perhaps,
        },
        Precision::Town => {
            let near = match (point, coarse.point) {
                (Some(point), Some(town)) => distance_m(&point, &town) <= IN_TOWN_M,
                _ => id == 0,
            };
            let nearest = point.and_then(|p| gazetteer().nearest(p.latitude_e7, p.longitude_e7));
            let is_nearest =
                nearest.is_some_and(|(town, _)| town.geonames_id == u64::from(coarse.geonames_id));
            if near || is_nearest || id == coarse.geonames_id {
                Sameness::Perhaps
            } else {
                Sameness::Different
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
                    Sameness::Different
                }
                _ => Sameness::Perhaps,
            }
        }
        Precision::Hidden => Sameness::Perhaps,
    }
}

fn near(a: &v1::Place, b: &v1::Place) -> bool {
    match (a.point.filter(is_in_range), b.point.filter(is_in_range)) {
        (Some(a), Some(b)) => distance_m(&a, &b) <= ONE_PLACE_M,
        _ => false,
    }
}

fn precision(place: &v1::Place) -> Precision {
    Precision::try_from(place.precision).unwrap_or_default()
}

fn word(precision: Precision) -> &'static str {
    match precision {
        Precision::Unspecified => "unsaid",
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

    fn event(precision: Precision, street: &str) -> Known {
        let place = v1::Place {
            precision: precision as i32,
            point: Some(POINT),
            street: street.into(),
            ..Default::default()
        };
        Known::Event(Box::new(v1::Event {
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

    fn applied(mut known: Known, other: PlaceInUse, confirmed: &[&str]) -> (Precision, Findings) {
        let mut findings = Findings::default();
        let confirmed: Vec<_> = confirmed.iter().map(|&reason| reason.to_owned()).collect();
        apply(&mut known, &[other], &confirmed, &mut findings);
        let result = precision(known.places()[0].2);
        (result, findings)
    }

    #[test]
    fn an_event_in_the_square_of_the_listing_takes_its_precision() {
        let other = listing(Precision::Neighbourhood);
        let (precision, findings) = applied(event(Precision::Exact, ""), other.clone(), &[]);
        assert_eq!(precision, Precision::Neighbourhood);
        assert_eq!(
            (findings.violations.len(), findings.adjustments.len()),
            (0, 1)
        );
        let (precision, findings) = applied(event(Precision::Exact, ""), other, &[FINER]);
        assert_eq!(precision, Precision::Exact);
        assert!(findings.violations.is_empty() && findings.adjustments.is_empty());
    }

    #[test]
    fn an_address_is_never_dropped_silently_but_asked_about() {
        let other = listing(Precision::Neighbourhood);
        let (precision, findings) = applied(event(Precision::Exact, "12 High Street"), other, &[]);
        assert_eq!(precision, Precision::Exact);
        assert_eq!(findings.violations[0].reason, FINER);
        assert!(findings.violations[0].confirmable);
    }

    #[test]
    fn what_may_be_the_same_place_is_asked_about() {
        for coarse in [Precision::Town, Precision::Region, Precision::Hidden] {
            let (kept, findings) = applied(event(Precision::Exact, ""), listing(coarse), &[]);
            assert_eq!(kept, Precision::Exact);
            assert_eq!(findings.violations[0].reason, FINER, "{coarse:?}");
            let (_, findings) = applied(event(Precision::Exact, ""), listing(coarse), &[FINER]);
            assert!(findings.violations.is_empty());
        }
    }

    #[test]
    fn another_town_is_another_place() {
        let mut leeds = listing(Precision::Town);
        leeds.place.geonames_id = 2_644_688;
        leeds.place.point = gazetteer()
            .by_id(2_644_688)
            .map(crate::gazetteer::Place::point);
        let (_, findings) = applied(event(Precision::Exact, ""), leeds, &[]);
        assert!(findings.violations.is_empty());
    }

    #[test]
    fn hiding_what_another_record_shows_is_asked_about() {
        let (_, findings) = applied(event(Precision::Town, ""), listing(Precision::Exact), &[]);
        assert_eq!(findings.violations[0].reason, COARSER);
    }

    #[test]
    fn equal_precision_is_not_asked_about() {
        for precision in [Precision::Exact, Precision::Neighbourhood, Precision::Town] {
            let (_, findings) = applied(event(precision, ""), listing(precision), &[]);
            assert!(findings.violations.is_empty(), "{precision:?}");
        }
    }

    #[test]
    fn a_catalogued_listing_is_about_other_places() {
        let place = listing(Precision::Town).place;
        let mut listing = v1::Listing {
            places: vec![place],
            ..Default::default()
        };
        listing.voice = Voice::Catalogued as i32;
        assert!(places_in_use("x", &Known::Listing(Box::new(listing.clone()))).is_empty());
        listing.voice = Voice::Itself as i32;
        assert_eq!(
            places_in_use("x", &Known::Listing(Box::new(listing))).len(),
            1
        );
    }
}
