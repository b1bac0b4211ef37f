//! The points of a segment, sorted into rows from south to north and within a row from west to
//! east. The documents near a point are read from here without opening any posting list. A
//! point takes 12 bytes.

use hedgerow_core::place::EARTH_RADIUS_M;
use hedgerow_proto::v1;
use tantivy::DocId;

use crate::geo::circle::Circle;

/// The height of a row in 10⁻⁷ degrees, about two kilometres: searches are for a few
/// kilometres or more, so few points of a row are outside the box.
const ROW_HEIGHT_E7: i32 = 200_000;
const HALF_TURN: f64 = 180.0;
const QUARTER_TURN: f64 = 90.0;
/// How much larger a box is than its circle, so that rounding excludes no point.
const SLACK: f64 = 1.000_1;
const SLACK_DEGREES: f64 = 1e-6;

#[derive(Default)]
pub struct PointGrid {
    /// Each row with a point, and the position of its first point.
    rows: Vec<(i32, usize)>,
    points: Vec<IndexedPoint>,
}

/// A point of a document.
#[derive(Clone, Copy)]
pub struct IndexedPoint {
    pub point: v1::Point,
    pub document: DocId,
}

/// A box around a circle, in 10⁻⁷ degrees.
#[derive(Clone, Copy)]
pub struct BoundingBox {
    south: i32,
    north: i32,
    west: i32,
    east: i32,
}

impl BoundingBox {
    /// The box of a circle. It spans all longitudes if the circle touches a pole or the
    /// antimeridian.
    pub fn new(circle: &Circle) -> Self {
        let latitude = f64::from(circle.center.latitude_e7) / 1e7;
        let longitude = f64::from(circle.center.longitude_e7) / 1e7;
        let angle = (circle.radius_m.max(0.0) / EARTH_RADIUS_M) * SLACK;
        let north_south = angle.to_degrees() + SLACK_DEGREES;
        // The sine of the longitude difference of the meridians that touch the circle.
        let sine = angle.sin() / latitude.to_radians().cos();
        let has_pole = latitude.abs() + north_south >= QUARTER_TURN;
        let east_west = sine.asin().to_degrees() * SLACK + SLACK_DEGREES;
        let (mut west, mut east) = (longitude - east_west, longitude + east_west);
        if has_pole || !east_west.is_finite() || west < -HALF_TURN || east > HALF_TURN {
            (west, east) = (-HALF_TURN, HALF_TURN);
        }
        Self {
            south: e7(latitude - north_south),
            north: e7(latitude + north_south),
            west: e7(west),
            east: e7(east),
        }
    }
}

fn e7(degrees: f64) -> i32 {
    // A latitude can be up to half a turn beyond a pole, which still fits.
    (degrees.clamp(-HALF_TURN, HALF_TURN) * 1e7) as i32
}

impl PointGrid {
    pub fn new(mut points: Vec<IndexedPoint>) -> Self {
        // By latitude last, so that equal points are adjacent.
        points.sort_unstable_by_key(|IndexedPoint { point, .. }| {
            (
                row_of(point.latitude_e7),
                point.longitude_e7,
                point.latitude_e7,
            )
        });
        let mut rows: Vec<(i32, usize)> = Vec::new();
        for (at, point) in points.iter().enumerate() {
            let row = row_of(point.point.latitude_e7);
            if rows.last().is_none_or(|(last, _)| *last != row) {
                rows.push((row, at));
            }
        }
        rows.shrink_to_fit();
        Self { rows, points }
    }

    /// Returns the points in a box as runs of adjacent points, with some just north and south
    /// of it.
    pub fn within(&self, bounds: &BoundingBox) -> Vec<&[IndexedPoint]> {
        let (first, last) = (row_of(bounds.south), row_of(bounds.north));
        let from = self.rows.partition_point(|(row, _)| *row < first);
        let rows = self.rows[from..].iter().enumerate();
        rows.take_while(|(_, (row, _))| *row <= last)
            .filter_map(|(at, (_, start))| {
                let next = self.rows.get(from + at + 1);
                let end = next.map_or(self.points.len(), |(_, start)| *start);
                let row = &self.points[*start..end];
                let west = row.partition_point(|it| it.point.longitude_e7 < bounds.west);
                let row = &row[west..];
                let east = row.partition_point(|it| it.point.longitude_e7 <= bounds.east);
                (east > 0).then(|| &row[..east])
            })
            .collect()
    }
}

fn row_of(latitude_e7: i32) -> i32 {
    latitude_e7.div_euclid(ROW_HEIGHT_E7)
}

#[cfg(test)]
mod tests {
    use hedgerow_core::place::distance_m;

    use super::*;

    fn point(latitude: f64, longitude: f64) -> v1::Point {
        v1::Point {
            latitude_e7: (latitude * 1e7) as i32,
            longitude_e7: (longitude * 1e7) as i32,
        }
    }

    /// Points all over the earth, closer together around a centre.
    fn points_around(center: v1::Point) -> Vec<IndexedPoint> {
        let all_over = (0..4_000_u32).map(|number| {
            let turn = f64::from(number) * 0.618_033_988_7 % 1.0;
            let height = f64::from(number) / 2_000.0 - 1.0;
            point(height.asin().to_degrees(), turn * 360.0 - 180.0)
        });
        let around = (0..4_000_i32).map(|number| {
            let far = (number % 200) * 50_000;
            let angle = f64::from(number) * 0.7;
            let latitude_e7 = center.latitude_e7 + (f64::from(far) * angle.sin()) as i32;
            let east = f64::from(center.longitude_e7) + f64::from(far) * angle.cos();
            let longitude_e7 = (east + 1.8e9).rem_euclid(3.6e9) - 1.8e9;
            v1::Point {
                latitude_e7: latitude_e7.clamp(-900_000_000, 900_000_000),
                longitude_e7: longitude_e7 as i32,
            }
        });
        (0..)
            .zip(all_over.chain(around))
            .map(|(document, point)| IndexedPoint { point, document })
            .collect()
    }

    #[test]
    fn all_points_of_a_circle_are_in_its_box_anywhere_on_earth() {
        for (latitude, longitude) in [
            (53.8, -1.55),
            (0.0, 0.0),
            (64.1, -21.9),
            (-36.8, 179.99),
            (51.9, -179.9),
            (89.9, 20.0),
            (-90.0, 0.0),
        ] {
            let center = point(latitude, longitude);
            let points = points_around(center);
            let grid = PointGrid::new(points.clone());
            for radius_m in [0.0, 200.0, 5_000.0, 32_187.0, 400_000.0, 9e6, 20_100_000.0] {
                let bounds = BoundingBox::new(&Circle { center, radius_m });
                let near = |it: &&IndexedPoint| distance_m(&center, &it.point) <= radius_m;
                let mut expected: Vec<DocId> =
                    points.iter().filter(near).map(|it| it.document).collect();
                let runs = grid.within(&bounds);
                let found = runs.into_iter().flatten().filter(near);
                let mut found: Vec<DocId> = found.map(|it| it.document).collect();
                expected.sort_unstable();
                found.sort_unstable();
                assert_eq!(found, expected, "{center:?} {radius_m}");
            }
        }
    }

    #[test]
    fn few_points_outside_the_circle_are_returned() {
        let center = point(53.8, -1.55);
        let grid = PointGrid::new(points_around(center));
        let bounds = BoundingBox::new(&Circle {
            center,
            radius_m: 20_000.0,
        });
        let returned: usize = grid
            .within(&bounds)
            .into_iter()
            .map(<[IndexedPoint]>::len)
            .sum();
        let inside = |it: &&IndexedPoint| distance_m(&center, &it.point) <= 20_000.0;
        let inside = grid.points.iter().filter(inside).count();
        assert!(
            inside > 100 && returned < inside * 2,
            "{returned} for {inside}"
        );
    }

    #[test]
    fn an_empty_grid_has_no_points() {
        let bounds = BoundingBox::new(&Circle {
            center: point(0.0, 0.0),
            radius_m: 1e7,
        });
        assert!(PointGrid::default().within(&bounds).is_empty());
    }
}
