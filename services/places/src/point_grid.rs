//! Points in cells of a grid, for finding those near a point.

use std::collections::HashMap;

use hedgerow_core::place::distance_m;
use hedgerow_proto::v1;

/// A cell is 11 km high and, in Britain, about as wide.
const CELL_LATITUDE_E7: i32 = 1_000_000;
const CELL_LONGITUDE_E7: i32 = 1_700_000;
/// Metres in 10⁻⁷ degree of latitude, a little less than it is: a cell is never taken for
/// farther than it is.
const METRES_PER_E7: f64 = 0.011_1;

type Cell = (i32, i32);

/// Points with their numbers.
#[derive(Debug)]
pub(crate) struct PointGrid {
    points: Vec<v1::Point>,
    cells: HashMap<Cell, Vec<u32>>,
    /// The least and greatest cells that contain points.
    corners: Option<(Cell, Cell)>,
}

impl PointGrid {
    pub(crate) fn new(points: Vec<v1::Point>) -> Self {
        let mut cells: HashMap<Cell, Vec<u32>> = HashMap::new();
        let mut corners: Option<(Cell, Cell)> = None;
        for (index, point) in (0_u32..).zip(&points) {
            let (row, column) = cell(point);
            cells.entry((row, column)).or_default().push(index);
            let (least, most) = corners.get_or_insert(((row, column), (row, column)));
            *least = (least.0.min(row), least.1.min(column));
            *most = (most.0.max(row), most.1.max(column));
        }
        Self {
            points,
            cells,
            corners,
        }
    }

    /// Returns the numbers of the points within a distance, with their distances, in no order.
    pub(crate) fn within(&self, from: &v1::Point, metres: f64) -> Vec<(usize, f64)> {
        let (row, column) = cell(from);
        let rows = (metres / cell_height_m()).ceil() as i32;
        let columns = (metres / cell_width_m(from, rows)).ceil() as i32;
        let Some((least, most)) = self.corners else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for row in (row - rows).max(least.0)..=(row + rows).min(most.0) {
            for column in (column - columns).max(least.1)..=(column + columns).min(most.1) {
                let near = self
                    .in_cell((row, column))
                    .map(|at| (at, self.to(from, at)));
                found.extend(near.filter(|(_, distance)| *distance <= metres));
            }
        }
        found
    }

    /// Returns the nearest point that matches, with its distance; of equally near ones the first.
    pub(crate) fn nearest(
        &self,
        from: &v1::Point,
        matches: impl Fn(usize) -> bool,
    ) -> Option<(usize, f64)> {
        let (least, most) = self.corners?;
        let (row, column) = cell(from);
        let is_near = (least.0 - 1..=most.0 + 1).contains(&row)
            && (least.1 - 1..=most.1 + 1).contains(&column);
        let mut best: Option<(usize, f64)> = None;
        let mut consider = |at: usize| {
            let distance = self.to(from, at);
            let is_nearer = best.is_none_or(|(known, shortest)| {
                distance < shortest || (distance <= shortest && at < known)
            });
            if is_nearer && matches(at) {
                best = Some((at, distance));
            }
            best.map(|(_, shortest)| shortest)
        };
        if !is_near {
            // Rings of cells would reach the grid after many empty ones.
            for at in 0..self.points.len() {
                consider(at);
            }
            return best;
        }
        let rings = (most.0 - least.0).max(most.1 - least.1) + 2;
        let mut shortest = None;
        for ring in 0..=rings {
            // Everything beyond the earlier rings is at least as far as they are wide.
            let gap = f64::from((ring - 1).max(0)) * cell_height_m().min(cell_width_m(from, ring));
            if shortest.is_some_and(|shortest| gap > shortest) {
                break;
            }
            for cell in ring_around((row, column), ring) {
                for at in self.in_cell(cell) {
                    shortest = consider(at);
                }
            }
        }
        best
    }

    fn in_cell(&self, cell: Cell) -> impl Iterator<Item = usize> + '_ {
        let indexes = self.cells.get(&cell).into_iter().flatten();
        indexes.map(|index| *index as usize)
    }

    fn to(&self, from: &v1::Point, at: usize) -> f64 {
        distance_m(from, &self.points[at])
    }
}

fn cell(point: &v1::Point) -> Cell {
    (
        point.latitude_e7.div_euclid(CELL_LATITUDE_E7),
        point.longitude_e7.div_euclid(CELL_LONGITUDE_E7),
    )
}

fn cell_height_m() -> f64 {
    f64::from(CELL_LATITUDE_E7) * METRES_PER_E7
}

/// The width of the narrowest cell up to that many rows away.
fn cell_width_m(point: &v1::Point, rows: i32) -> f64 {
    let away = (f64::from(rows) + 1.0) * f64::from(CELL_LATITUDE_E7);
    let degrees = (f64::from(point.latitude_e7).abs() + away) / 1e7;
    // At the poles a cell has no width: one centimetre keeps the division finite.
    let shrink = degrees.min(90.0).to_radians().cos().max(1e-6);
    f64::from(CELL_LONGITUDE_E7) * METRES_PER_E7 * shrink
}

/// The cells at that distance in rows or columns.
fn ring_around((row, column): Cell, ring: i32) -> Vec<Cell> {
    if ring == 0 {
        return vec![(row, column)];
    }
    let mut cells = Vec::with_capacity(8 * ring.unsigned_abs() as usize);
    for across in -ring..=ring {
        cells.push((row - ring, column + across));
        cells.push((row + ring, column + across));
    }
    for along in 1 - ring..ring {
        cells.push((row + along, column - ring));
        cells.push((row + along, column + ring));
    }
    cells
}

#[cfg(test)]
mod tests {
    use hedgerow_core::gazetteer::{Place, gazetteer};
    use proptest::prelude::*;

    use super::*;

    fn towns() -> &'static PointGrid {
        static TOWNS: std::sync::OnceLock<PointGrid> = std::sync::OnceLock::new();
        TOWNS.get_or_init(|| {
            let points = gazetteer().places().iter().map(Place::point);
            PointGrid::new(points.collect())
        })
    }

    #[test]
    fn a_grid_without_points_has_none_near() {
        let grid = PointGrid::new(Vec::new());
        let from = v1::Point::default();
        assert!(grid.within(&from, 1e6).is_empty());
        assert_eq!(grid.nearest(&from, |_| true), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn the_grid_has_the_same_points_near_as_a_scan(
            latitude in 480_000_000i32..630_000_000,
            longitude in -120_000_000i32..40_000_000,
            metres in 0.0f64..60_000.0,
            kind in 0usize..4,
        ) {
            let from = v1::Point { latitude_e7: latitude, longitude_e7: longitude };
            let all: Vec<f64> = towns().points.iter().map(|it| distance_m(&from, it)).collect();
            let expected = all.iter().filter(|distance| **distance <= metres).count();
            prop_assert_eq!(towns().within(&from, metres).len(), expected);
            let matches = |at: usize| at % 4 == kind;
            let shortest = all.iter().enumerate().filter(|(at, _)| matches(*at));
            let shortest = shortest.map(|(_, distance)| *distance).fold(f64::INFINITY, f64::min);
            let (at, found) = towns().nearest(&from, matches).unwrap();
            prop_assert!(matches(at) && (found - shortest).abs() < 0.001, "{found} {shortest}");
        }

        #[test]
        fn points_anywhere_on_the_globe_are_answered(
            latitude in -900_000_000i32..=900_000_000,
            longitude in -1_800_000_000i32..=1_800_000_000,
        ) {
            let from = v1::Point { latitude_e7: latitude, longitude_e7: longitude };
            prop_assert!(towns().nearest(&from, |_| true).is_some());
            prop_assert!(towns().within(&from, 16_093.0).len() < 5_000);
        }
    }
}
