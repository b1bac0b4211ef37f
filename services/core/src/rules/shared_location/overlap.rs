//! Compares two places that may show one location.

use hedgerow_proto::v1;
use hedgerow_proto::v1::Precision;

use crate::gazetteer::gazetteer;
use crate::place::{
    CELL_LATITUDE_E7, CELL_LONGITUDE_E7, distance_m, is_in_range, neighbourhood_centre,
};

/// A location this close to a town's point may be the one that is shown as that town. Wide,
/// because a steward names "a larger town near it" for a place that no gazetteer has.
const TOWN_RADIUS_M: f64 = 30_000.0;
/// Points closer to each other than this are one location.
const SAME_POINT_M: f64 = 100.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overlap {
    Certain,
    Possible,
    None,
}

/// Compares a place, not yet rounded, with a coarser place that may show the same location.
pub(super) fn overlap(fine: &v1::Place, coarse: &v1::Place) -> Overlap {
    let point = fine.point.filter(is_in_range);
    let id = fine.geonames_id;
    match coarse.precision() {
        Precision::Unspecified | Precision::Exact => Overlap::None,
        Precision::Neighbourhood => match (point, coarse.point) {
            (Some(point), Some(centre)) if centre == neighbourhood_centre(&point) => {
                Overlap::Certain
            }
            // The point of an address may be off by a street, into the next square.
            (Some(point), Some(centre)) if are_in_adjacent_cells(&point, &centre) => {
                Overlap::Possible
            }
            (Some(_), Some(_)) => Overlap::None,
            _ => Overlap::Possible,
        },
        Precision::Town => {
            let near = match (point, coarse.point) {
                (Some(point), Some(town)) => distance_m(&point, &town) <= TOWN_RADIUS_M,
                _ => id == 0,
            };
            let nearest = point.and_then(|p| gazetteer().nearest(p.latitude_e7, p.longitude_e7));
            let is_nearest =
                nearest.is_some_and(|(town, _)| town.geonames_id == u64::from(coarse.geonames_id));
            let is_same_town = id != 0 && id == coarse.geonames_id;
            if near || is_nearest || is_same_town {
                Overlap::Possible
            } else {
                Overlap::None
            }
        }
        Precision::Region => overlap_of_region(point, id, coarse),
        Precision::Hidden => Overlap::Possible,
    }
}

fn overlap_of_region(point: Option<v1::Point>, id: u32, coarse: &v1::Place) -> Overlap {
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

fn are_in_adjacent_cells(a: &v1::Point, b: &v1::Point) -> bool {
    let (a, b) = (neighbourhood_centre(a), neighbourhood_centre(b));
    let is_near =
        |x: i32, y: i32, cell: i32| (i64::from(x) - i64::from(y)).abs() <= i64::from(cell);
    is_near(a.latitude_e7, b.latitude_e7, CELL_LATITUDE_E7)
        && is_near(a.longitude_e7, b.longitude_e7, CELL_LONGITUDE_E7)
}

/// Returns whether two places have one point, as far as a person could tell.
pub(super) fn is_same_point(a: &v1::Place, b: &v1::Place) -> bool {
    match (a.point.filter(is_in_range), b.point.filter(is_in_range)) {
        (Some(a), Some(b)) => distance_m(&a, &b) <= SAME_POINT_M,
        _ => false,
    }
}
