//! H3 cells: how nearness becomes terms.
//!
//! Every published point is indexed under its cell at five resolutions. A circle is asked
//! for as the few cells of one resolution that together cover it; the exact distance is
//! checked afterwards, so a covering may be too large and must never be too small.

use h3o::{CellIndex, LatLng, Resolution};
use hedgerow_proto::v1;

/// The resolutions indexed: from about 26 km to about 0.5 km an edge.
const RESOLUTIONS: [Resolution; 5] = [
    Resolution::Four,
    Resolution::Five,
    Resolution::Six,
    Resolution::Seven,
    Resolution::Eight,
];

/// The most rings of cells in a covering; a wider circle is checked by distance alone.
const MOST_RINGS: u32 = 6;
/// The same where something else is asked that leaves most out: few cells are sooner looked
/// up, and the documents that they let through besides are few.
const FEW_RINGS: u32 = 2;

/// Cells differ in size over the globe. Their edges stay within these factors of the mean.
const SHORTEST_EDGE: f64 = 0.7;
const LONGEST_EDGE: f64 = 1.4;

/// The cells of a point, as terms. None where it is not on the globe.
pub(crate) fn cells_of(point: &v1::Point) -> Vec<u64> {
    let Some(position) = position(point) else {
        return Vec::new();
    };
    RESOLUTIONS
        .iter()
        .map(|&resolution| u64::from(position.to_cell(resolution)))
        .collect()
}

/// Cells that cover the circle, as terms. `None` where it is too wide for that.
pub(crate) fn covering(centre: &v1::Point, radius_m: f64) -> Option<Vec<u64>> {
    cover(centre, radius_m, MOST_RINGS)
}

/// Fewer and larger cells that cover the circle, if there are.
pub(crate) fn covering_roughly(centre: &v1::Point, radius_m: f64) -> Option<Vec<u64>> {
    cover(centre, radius_m, FEW_RINGS).or_else(|| covering(centre, radius_m))
}

fn cover(centre: &v1::Point, radius_m: f64, most_rings: u32) -> Option<Vec<u64>> {
    let centre = position(centre)?;
    RESOLUTIONS.iter().rev().find_map(|&resolution| {
        let edge_m = resolution.edge_length_m();
        let between_centres = edge_m * 3_f64.sqrt() * SHORTEST_EDGE;
        let rings = (radius_m / between_centres).ceil() + 1.0;
        if rings > f64::from(most_rings) {
            return None;
        }
        // Bounded just above.
        let rings = rings as u32;
        let reach = radius_m + edge_m * LONGEST_EDGE;
        let disk: Vec<CellIndex> = centre.to_cell(resolution).grid_disk(rings);
        Some(
            disk.into_iter()
                .filter(|&cell| centre.distance_m(LatLng::from(cell)) <= reach)
                .map(u64::from)
                .collect(),
        )
    })
}

fn position(point: &v1::Point) -> Option<LatLng> {
    LatLng::new(
        f64::from(point.latitude_e7) / 1e7,
        f64::from(point.longitude_e7) / 1e7,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(latitude: f64, longitude: f64) -> v1::Point {
        v1::Point {
            latitude_e7: (latitude * 1e7) as i32,
            longitude_e7: (longitude * 1e7) as i32,
        }
    }

    #[test]
    fn every_point_of_a_circle_lies_in_its_covering() {
        for (latitude, longitude) in [
            (53.8, -1.55),
            (50.1, -5.5),
            (60.2, -1.1),
            (0.0, 0.0),
            (64.1, -21.9),
        ] {
            let centre = point(latitude, longitude);
            for radius in [200.0, 1_000.0, 5_000.0, 16_093.0, 32_187.0, 90_000.0] {
                let covering = covering(&centre, radius).unwrap();
                let roughly = covering_roughly(&centre, radius).unwrap();
                assert!(roughly.len() <= covering.len() && covering.len() <= 127);
                for step in 0..72 {
                    let angle = f64::from(step) * std::f64::consts::TAU / 72.0;
                    for part in [0.2, 0.6, 0.999] {
                        let north = radius * part * angle.sin() / 111_195.0;
                        let east =
                            radius * part * angle.cos() / (111_195.0 * latitude.to_radians().cos());
                        let cells = cells_of(&point(latitude + north, longitude + east));
                        for covering in [&covering, &roughly] {
                            assert!(cells.iter().any(|cell| covering.contains(cell)));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_very_wide_circle_has_no_covering() {
        assert!(covering(&point(53.8, -1.55), 1_000_000.0).is_none());
    }
}
