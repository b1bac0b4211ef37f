//! Hexagons with a corner at the top, in rows of which every other one is shifted by half a
//! hexagon.
//!
//! Corners are counted in steps of half a width across and a quarter of a height down, so that
//! all of them are whole numbers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The corners of a hexagon around its middle, clockwise.
const CORNERS: [Corner; 6] = [(0, -2), (1, -1), (1, 1), (0, 2), (-1, 1), (-1, -1)];
/// No area, in a row of codes.
const NOTHING: u8 = b'.';

type Corner = (i32, i32);

/// Where the hexagons of a view lie.
#[derive(Debug)]
pub(super) struct Grid {
    /// A step across and down.
    pub(super) step: (f64, f64),
    /// The middle of the first hexagon.
    pub(super) origin: (f64, f64),
}

impl Grid {
    pub(super) fn new(radius: f64, origin: (f64, f64)) -> Self {
        Self {
            step: (radius * 3_f64.sqrt() / 2.0, radius / 2.0),
            origin,
        }
    }

    /// The place of the steps in a picture, as an attribute.
    pub(super) fn transform(&self) -> String {
        format!(
            "translate({:.2} {:.2}) scale({:.5} {:.5})",
            self.origin.0, self.origin.1, self.step.0, self.step.1
        )
    }

    /// The outlines of all hexagons together.
    pub(super) fn whole(&self, rows: &[&str]) -> String {
        self.outline_of(rows, |own| own != NOTHING)
    }

    /// The outlines of the hexagons with this code, as a path in steps: one for each part of the
    /// area and for each hole in it.
    pub(super) fn outline(&self, rows: &[&str], code: u8) -> String {
        self.outline_of(rows, |own| own == code)
    }

    fn outline_of(&self, rows: &[&str], is_inside: impl Fn(u8) -> bool + Copy) -> String {
        // Each side of a hexagon leads clockwise. A side between two hexagons of the area leads
        // both ways, and is none of its border.
        let mut sides: BTreeMap<Corner, Vec<Corner>> = BTreeMap::new();
        for (x, y) in middles(rows, is_inside) {
            for (at, (from_x, from_y)) in CORNERS.into_iter().enumerate() {
                let (to_x, to_y) = CORNERS[(at + 1) % CORNERS.len()];
                let from = (x + from_x, y + from_y);
                let to = (x + to_x, y + to_y);
                match take(&mut sides, to, from) {
                    true => {}
                    false => sides.entry(from).or_default().push(to),
                }
            }
        }
        let mut path = String::new();
        while let Some(start) = sides.keys().next().copied() {
            // Writing to a string does not fail.
            let _ = write!(path, "M{} {}l", start.0, start.1);
            let mut at = start;
            while let Some(to) = sides.get(&at).and_then(|ends| ends.last().copied()) {
                take(&mut sides, at, to);
                if to == start {
                    break;
                }
                let _ = write!(path, "{} {} ", to.0 - at.0, to.1 - at.1);
                at = to;
            }
            path.truncate(path.trim_end().len());
            path.push('z');
        }
        path.replace(" -", "-")
    }

    /// West, north, east and south of all hexagons.
    pub(super) fn extent(&self, rows: &[&str]) -> (f64, f64, f64, f64) {
        let mut least = (i32::MAX, i32::MAX);
        let mut most = (i32::MIN, i32::MIN);
        for (x, y) in middles(rows, |own| own != NOTHING) {
            least = (least.0.min(x - 1), least.1.min(y - 2));
            most = (most.0.max(x + 1), most.1.max(y + 2));
        }
        let place = |(x, y): Corner| {
            (
                self.origin.0 + self.step.0 * f64::from(x),
                self.origin.1 + self.step.1 * f64::from(y),
            )
        };
        let ((west, north), (east, south)) = (place(least), place(most));
        (west, north, east, south)
    }
}

/// Removes a side. `false` if it is not there.
fn take(sides: &mut BTreeMap<Corner, Vec<Corner>>, from: Corner, to: Corner) -> bool {
    let Some(ends) = sides.get_mut(&from) else {
        return false;
    };
    let Some(at) = ends.iter().position(|end| *end == to) else {
        return false;
    };
    ends.swap_remove(at);
    if ends.is_empty() {
        sides.remove(&from);
    }
    true
}

/// The middles of the hexagons with such codes.
fn middles<'a>(
    rows: &'a [&str],
    is_wanted: impl Fn(u8) -> bool + Copy + 'a,
) -> impl Iterator<Item = Corner> + 'a {
    (0_i32..).zip(rows).flat_map(move |(row, codes)| {
        let columns = (0_i32..).zip(codes.bytes());
        let wanted = columns.filter(move |(_, code)| is_wanted(*code));
        wanted.map(move |(column, _)| (2 * column + row % 2, 3 * row))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(rows: &[&str]) -> String {
        Grid::new(2.0, (0.0, 0.0)).outline(rows, b'0')
    }

    #[test]
    fn hexagons_of_an_area_have_one_outline() {
        assert_eq!(outline(&["0"]), "M-1-1l1-1 1 1 0 2-1 1-1-1z");
        let two = outline(&["00"]);
        assert_eq!(two.matches('M').count(), 1, "{two}");
        assert!(two.matches(['l', ' ']).count() > 9, "{two}");
        assert_eq!(outline(&["0.0"]).matches('M').count(), 2, "two parts");
        assert_eq!(outline(&["1.."]), "");
    }

    #[test]
    fn a_hole_has_an_outline_of_its_own() {
        let ring = outline(&["00", "0.0", "00"]);
        // Odd rows are shifted to the right.
        let ring_around = outline(&[".00", "0.0", ".00"]);
        assert_eq!(ring_around.matches('M').count(), 2, "{ring_around}");
        assert!(ring.matches('M').count() >= 1, "{ring}");
    }

    #[test]
    fn the_extent_is_that_of_all_corners() {
        let grid = Grid::new(2.0, (10.0, 20.0));
        let (west, north, east, south) = grid.extent(&["0", ".1"]);
        let half = 3_f64.sqrt();
        let expected = [10.0 - half, 18.0, 10.0 + 4.0 * half, 25.0];
        for (edge, expected) in [west, north, east, south].into_iter().zip(expected) {
            assert!((edge - expected).abs() < 1e-9, "{edge} {expected}");
        }
    }
}
