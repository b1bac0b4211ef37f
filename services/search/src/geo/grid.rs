//! Where the points of a segment lie: in rows from south to north, each from west to east.
//!
//! Which documents lie near a point is read from here, without a look into any list of
//! terms. It takes 12 bytes a point.

use hedgerow_core::place::EARTH_RADIUS_M;
use hedgerow_proto::v1;
use tantivy::DocId;

use super::criteria::Around;

/// How high a row is, in 10⁻⁷ degrees: about two kilometres.
const ROW_E7: i32 = 200_000;
const HALF_TURN: f64 = 180.0;
const QUARTER_TURN: f64 = 90.0;
/// By how much a box is larger than its circle, so that rounding leaves nothing out.
const SLACK: f64 = 1.000_1;
const SLACK_DEGREES: f64 = 1e-6;

/// All points of a segment.
#[derive(Default)]
pub(crate) struct Grid {
    /// Each row that has a point, with where it begins.
    rows: Vec<(i32, usize)>,
    spots: Vec<Spot>,
}

/// A document's point.
#[derive(Clone, Copy)]
pub(crate) struct Spot {
    /// Where.
    pub(crate) point: v1::Point,
    /// Whose.
    pub(crate) document: DocId,
}

/// A box that holds a circle, in 10⁻⁷ degrees.
#[derive(Clone, Copy)]
pub(crate) struct Reach {
    south: i32,
    north: i32,
    west: i32,
    east: i32,
}

impl Reach {
    /// The box of a circle; right round the earth where it touches a pole or the
    /// antimeridian.
    pub(crate) fn of(around: &Around) -> Self {
        let latitude = f64::from(around.centre.latitude_e7) / 1e7;
        let longitude = f64::from(around.centre.longitude_e7) / 1e7;
        let angle = (around.radius_m.max(0.0) / EARTH_RADIUS_M) * SLACK;
        let north_south = angle.to_degrees() + SLACK_DEGREES;
        // The meridians that touch a circle do so at this distance from its own.
        let sine = angle.sin() / latitude.to_radians().cos();
        let holds_pole = latitude.abs() + north_south >= QUARTER_TURN;
        let east_west = sine.asin().to_degrees() * SLACK + SLACK_DEGREES;
        let (mut west, mut east) = (longitude - east_west, longitude + east_west);
        if holds_pole || !east_west.is_finite() || west < -HALF_TURN || east > HALF_TURN {
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
    // Far within what fits: a latitude is at most a whole turn away.
    (degrees.clamp(-HALF_TURN, HALF_TURN) * 1e7) as i32
}

impl Grid {
    /// Puts points in their order.
    pub(crate) fn of(mut spots: Vec<Spot>) -> Self {
        // Those of one point come together.
        spots.sort_unstable_by_key(|Spot { point, .. }| {
            (
                row_of(point.latitude_e7),
                point.longitude_e7,
                point.latitude_e7,
            )
        });
        let mut rows: Vec<(i32, usize)> = Vec::new();
        for (at, spot) in spots.iter().enumerate() {
            let row = row_of(spot.point.latitude_e7);
            if rows.last().is_none_or(|(last, _)| *last != row) {
                rows.push((row, at));
            }
        }
        rows.shrink_to_fit();
        Self { rows, spots }
    }

    /// All points in a box, and some just north and south of it.
    pub(crate) fn within(&self, reach: &Reach) -> Vec<&[Spot]> {
        let (first, last) = (row_of(reach.south), row_of(reach.north));
        let from = self.rows.partition_point(|(row, _)| *row < first);
        let rows = self.rows[from..].iter().enumerate();
        rows.take_while(|(_, (row, _))| *row <= last)
            .filter_map(|(at, (_, begin))| {
                let next = self.rows.get(from + at + 1);
                let end = next.map_or(self.spots.len(), |(_, begin)| *begin);
                let row = &self.spots[*begin..end];
                let west = row.partition_point(|spot| spot.point.longitude_e7 < reach.west);
                let row = &row[west..];
                let east = row.partition_point(|spot| spot.point.longitude_e7 <= reach.east);
                (east > 0).then(|| &row[..east])
            })
            .collect()
    }
}

fn row_of(latitude_e7: i32) -> i32 {
    latitude_e7.div_euclid(ROW_E7)
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
    fn spots(centre: v1::Point) -> Vec<Spot> {
        let all_over = (0..4_000_u32).map(|number| {
            let turn = f64::from(number) * 0.618_033_988_7 % 1.0;
            let height = f64::from(number) / 2_000.0 - 1.0;
            point(height.asin().to_degrees(), turn * 360.0 - 180.0)
        });
        let around = (0..4_000_i32).map(|number| {
            let far = (number % 200) * 50_000;
            let angle = f64::from(number) * 0.7;
            let latitude_e7 = centre.latitude_e7 + (f64::from(far) * angle.sin()) as i32;
            let east = f64::from(centre.longitude_e7) + f64::from(far) * angle.cos();
            let longitude_e7 = (east + 1.8e9).rem_euclid(3.6e9) - 1.8e9;
            v1::Point {
                latitude_e7: latitude_e7.clamp(-900_000_000, 900_000_000),
                longitude_e7: longitude_e7 as i32,
            }
        });
        (0..)
            .zip(all_over.chain(around))
            .map(|(document, point)| Spot { point, document })
            .collect()
    }

    #[test]
    fn whatever_lies_in_a_circle_is_found_wherever_it_is() {
        for (latitude, longitude) in [
            (53.8, -1.55),
            (0.0, 0.0),
            (64.1, -21.9),
            (-36.8, 179.99),
            (51.9, -179.9),
            (89.9, 20.0),
            (-90.0, 0.0),
        ] {
            let centre = point(latitude, longitude);
            let spots = spots(centre);
            let grid = Grid::of(spots.clone());
            for radius_m in [0.0, 200.0, 5_000.0, 32_187.0, 400_000.0, 9e6, 20_100_000.0] {
                let reach = Reach::of(&Around { centre, radius_m });
                let near = |spot: &&Spot| distance_m(&centre, &spot.point) <= radius_m;
                let mut wanted: Vec<DocId> =
                    spots.iter().filter(near).map(|it| it.document).collect();
                let runs = grid.within(&reach);
                let found = runs.into_iter().flatten().filter(near);
                let mut found: Vec<DocId> = found.map(|it| it.document).collect();
                wanted.sort_unstable();
                found.sort_unstable();
                assert_eq!(found, wanted, "{centre:?} {radius_m}");
            }
        }
    }

    #[test]
    fn little_else_is_looked_at() {
        let centre = point(53.8, -1.55);
        let grid = Grid::of(spots(centre));
        let reach = Reach::of(&Around {
            centre,
            radius_m: 20_000.0,
        });
        let looked_at: usize = grid.within(&reach).into_iter().map(<[Spot]>::len).sum();
        let inside = |spot: &&Spot| distance_m(&centre, &spot.point) <= 20_000.0;
        let inside = grid.spots.iter().filter(inside).count();
        assert!(
            inside > 100 && looked_at < inside * 2,
            "{looked_at} for {inside}"
        );
    }

    #[test]
    fn without_points_nothing_is_near() {
        let reach = Reach::of(&Around {
            centre: point(0.0, 0.0),
            radius_m: 1e7,
        });
        assert!(Grid::default().within(&reach).is_empty());
    }
}
