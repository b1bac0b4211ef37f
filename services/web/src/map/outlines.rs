//! Outlines of areas that an operator loads, made small enough for a page.
//!
//! Borders that two areas share are simplified once, so that no gap opens between them: the points
//! at which borders meet stay, and each line between two of them is simplified alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Steps of the longer side of a picture. A picture is at most about 700 pixels wide on a page.
const STEPS: f64 = 1_200.0;
/// Bytes of all paths of a picture, and of the picture with what its page has for each area: a
/// name and two links. A page has at most 50 kB, and that of the regions has a table too.
const MAX_BYTES: usize = 14_000;
const MAX_BYTES_WITH_LINKS: usize = 19_500;
const LINK_BYTES: usize = 90;
/// What a line may deviate by, in steps: the first try, and the factor of the next one.
const TOLERANCE: f64 = 0.7;
const COARSER: f64 = 1.3;
/// Tries after which lines are as coarse as the picture.
const MAX_TRIES: usize = 24;
/// The least size of an island in square steps. Of an area that has none larger, one stays.
const MIN_SIZE: f64 = 14.0;
/// Positions across and down at which the number of an area is tried.
const LABEL_TRIES: i32 = 18;

/// Longitude and latitude × 10⁷; the last position is the first one.
pub type Ring = Vec<[i32; 2]>;
type Point = (i32, i32);
/// The ends of a line, the lesser first.
type Edge = (Point, Point);

/// The areas of a picture as paths, in steps.
#[derive(Debug)]
pub(super) struct Drawing {
    /// The position of the first step, in map units, and the length of one.
    pub(super) origin: (f64, f64),
    pub(super) step: f64,
    /// Steps across and down.
    pub(super) size: (f64, f64),
    /// In the order of the areas.
    pub(super) areas: Vec<DrawnArea>,
    /// The path of all areas together.
    pub(super) outline: String,
}

#[derive(Debug)]
pub(super) struct DrawnArea {
    pub(super) path: String,
    /// A point inside with space around it, in map units.
    pub(super) label: (f64, f64),
}

/// Draws areas, each with its rings. `None` if one of them has no surface, or if they have too much
/// detail for a page.
pub(super) fn draw(areas: &[Vec<&Ring>]) -> Option<Drawing> {
    let grid = StepGrid::around(areas)?;
    let edges: Vec<BTreeSet<Edge>> = areas.iter().map(|rings| grid.edges(rings)).collect();
    let rings: Vec<Vec<Vec<Point>>> = edges.iter().map(closed).collect();
    // A border between two areas is twice in them, and none of the whole.
    let whole = edges
        .iter()
        .fold(BTreeSet::new(), |whole: BTreeSet<Edge>, area| {
            whole.symmetric_difference(area).copied().collect()
        });
    let whole = closed(&whole);
    let lines = lines(&edges);
    let tolerances = std::iter::successors(Some(TOLERANCE), |last| Some(last * COARSER));
    let mut tries = tolerances.take(MAX_TRIES).map(|tolerance| {
        let mut kept = BTreeSet::new();
        for line in &lines {
            keep(line, tolerance, &mut kept);
        }
        let drawn = rings.iter().map(|rings| parts(rings, &kept));
        (drawn.collect::<Vec<_>>(), kept)
    });
    let links = LINK_BYTES * areas.len();
    let max_bytes = MAX_BYTES.min(MAX_BYTES_WITH_LINKS.saturating_sub(links));
    let (drawn, kept) = tries.find(|(drawn, _)| {
        let bytes = drawn.iter().map(|parts| path(parts).len());
        bytes.sum::<usize>() <= max_bytes
    })?;
    let areas = drawn.iter().map(|parts| {
        let label = label(parts.first()?);
        Some(DrawnArea {
            path: path(parts),
            label: grid.position(label),
        })
    });
    Some(Drawing {
        areas: areas.collect::<Option<_>>()?,
        origin: grid.origin,
        step: grid.step,
        size: grid.size,
        outline: path(&parts(&whole, &kept)),
    })
}

/// Map units of 500 m in a sinusoidal projection around 2 degrees west, as those of the embedded
/// shapes.
pub(super) fn projected([longitude, latitude]: [i32; 2]) -> (f64, f64) {
    let [longitude, latitude] = [longitude, latitude].map(|it| f64::from(it) / 1e7);
    let units_a_degree = 111.32 / 0.5;
    (
        (longitude + 2.0) * latitude.to_radians().cos() * units_a_degree,
        (61.0 - latitude) * units_a_degree,
    )
}

struct StepGrid {
    origin: (f64, f64),
    step: f64,
    size: (f64, f64),
}

impl StepGrid {
    fn around(areas: &[Vec<&Ring>]) -> Option<Self> {
        let positions = areas.iter().flatten().flat_map(|ring| ring.iter());
        let mut least = (f64::MAX, f64::MAX);
        let mut most = (f64::MIN, f64::MIN);
        for position in positions {
            let (x, y) = projected(*position);
            least = (least.0.min(x), least.1.min(y));
            most = (most.0.max(x), most.1.max(y));
        }
        let (width, height) = (most.0 - least.0, most.1 - least.1);
        let step = width.max(height) / STEPS;
        (step > 0.0).then_some(Self {
            origin: least,
            step,
            size: (width / step, height / step),
        })
    }

    fn point(&self, position: [i32; 2]) -> Point {
        let (x, y) = projected(position);
        let steps = |at: f64, from: f64| ((at - from) / self.step).round() as i32;
        (steps(x, self.origin.0), steps(y, self.origin.1))
    }

    fn position(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let round = |at: f64| (at * 10.0).round() / 10.0;
        (
            round(self.origin.0 + self.step * x),
            round(self.origin.1 + self.step * y),
        )
    }

    /// The border of all rings of an area. A line between two of them is none of it.
    fn edges(&self, rings: &[&Ring]) -> BTreeSet<Edge> {
        let mut edges = BTreeSet::new();
        for ring in rings {
            let points: Vec<Point> = ring.iter().map(|position| self.point(*position)).collect();
            for ends in points.windows(2) {
                let edge = (ends[0].min(ends[1]), ends[0].max(ends[1]));
                if edge.0 != edge.1 && !edges.insert(edge) {
                    edges.remove(&edge);
                }
            }
        }
        edges
    }
}

/// The points at the other ends of the lines of each point.
fn neighbours<'a>(edges: impl Iterator<Item = &'a Edge>) -> BTreeMap<Point, Vec<Point>> {
    let mut neighbours: BTreeMap<Point, Vec<Point>> = BTreeMap::new();
    for (one, other) in edges {
        neighbours.entry(*one).or_default().push(*other);
        neighbours.entry(*other).or_default().push(*one);
    }
    neighbours
}

/// The closed lines of a border. Every point of one has an even number of lines.
fn closed(edges: &BTreeSet<Edge>) -> Vec<Vec<Point>> {
    let mut open = neighbours(edges.iter());
    let mut rings = Vec::new();
    while let Some(start) = open.keys().next().copied() {
        let mut ring = vec![start];
        let mut at = start;
        while let Some(next) = take_any(&mut open, at) {
            if next == start {
                break;
            }
            ring.push(next);
            at = next;
        }
        rings.push(ring);
    }
    rings
}

/// Removes a line of a point and returns its other end.
fn take_any(open: &mut BTreeMap<Point, Vec<Point>>, from: Point) -> Option<Point> {
    let to = open.get(&from)?.last().copied()?;
    for (one, other) in [(from, to), (to, from)] {
        let is_last = open.get_mut(&one).is_some_and(|ends| {
            if let Some(at) = ends.iter().position(|end| *end == other) {
                ends.swap_remove(at);
            }
            ends.is_empty()
        });
        if is_last {
            open.remove(&one);
        }
    }
    Some(to)
}

/// The lines between points at which borders meet. A border that meets no other is cut in two.
fn lines(areas: &[BTreeSet<Edge>]) -> Vec<Vec<Point>> {
    let mut owners: BTreeMap<Edge, Vec<usize>> = BTreeMap::new();
    for (area, edges) in areas.iter().enumerate() {
        for edge in edges {
            owners.entry(*edge).or_default().push(area);
        }
    }
    let neighbours = neighbours(owners.keys());
    let owners_of = |one: Point, other: Point| owners.get(&(one.min(other), one.max(other)));
    let is_node = |point: Point, ends: &[Point]| {
        let mut owners = ends.iter().map(|end| owners_of(point, *end));
        let first = owners.next();
        owners.any(|other| Some(other) != first)
    };
    let mut nodes: BTreeSet<Point> = neighbours
        .iter()
        .filter(|(point, ends)| is_node(**point, ends))
        .map(|(point, _)| *point)
        .collect();
    let mut open = neighbours.clone();
    let mut lines = Vec::new();
    // Lines from nodes first; what is left afterwards are closed lines.
    let mut starts: Vec<Point> = nodes.iter().copied().collect();
    loop {
        let start = loop {
            match starts.last() {
                Some(start) if open.contains_key(start) => break Some(*start),
                Some(_) => _ = starts.pop(),
                None => break open.keys().next().copied(),
            }
        };
        let Some(start) = start else { break };
        nodes.insert(start);
        let mut line = vec![start];
        while let Some(next) = take_any(&mut open, line.last().copied().unwrap_or(start)) {
            line.push(next);
            if nodes.contains(&next) {
                break;
            }
        }
        if line.len() > 3 && line.first() == line.last() {
            let farthest = (0..line.len()).max_by_key(|at| squared(line[*at], start));
            let rest = line.split_off(farthest.unwrap_or_default());
            line.extend(rest.first());
            lines.push(rest);
        }
        lines.push(line);
    }
    lines
}

fn squared(one: Point, other: Point) -> i64 {
    let (x, y) = (i64::from(one.0 - other.0), i64::from(one.1 - other.1));
    x * x + y * y
}

/// Adds the points of a line that it needs not to deviate by more than the tolerance (Douglas and
/// Peucker).
fn keep(line: &[Point], tolerance: f64, kept: &mut BTreeSet<Point>) {
    kept.extend(line.first());
    kept.extend(line.last());
    let mut stretches = vec![line];
    while let Some(stretch) = stretches.pop() {
        let [start, inner @ .., end] = stretch else {
            continue;
        };
        let farthest = inner
            .iter()
            .enumerate()
            .map(|(at, point)| (from_line(*point, *start, *end), at + 1))
            .max_by(|one, other| one.0.total_cmp(&other.0));
        if let Some((distance, at)) = farthest
            && distance > tolerance
        {
            kept.insert(stretch[at]);
            stretches.push(&stretch[..=at]);
            stretches.push(&stretch[at..]);
        }
    }
}

/// The distance of a point from a line between two points.
fn from_line(point: Point, start: Point, end: Point) -> f64 {
    let vector = |from: Point, to: Point| (f64::from(to.0 - from.0), f64::from(to.1 - from.1));
    let (along, to) = (vector(start, end), vector(start, point));
    let length = along.0.hypot(along.1);
    if length == 0.0 {
        return to.0.hypot(to.1);
    }
    let share = (along.0 * to.0 + along.1 * to.1) / (length * length);
    let share = share.clamp(0.0, 1.0);
    (to.0 - share * along.0).hypot(to.1 - share * along.1)
}

/// The parts of an area with the points that are kept, the largest first. The largest stays,
/// however small it is.
fn parts(rings: &[Vec<Point>], kept: &BTreeSet<Point>) -> Vec<Vec<Point>> {
    let simplified = rings.iter().map(|ring| {
        let points = ring.iter().filter(|point| kept.contains(point));
        points.copied().collect::<Vec<_>>()
    });
    let mut sized: Vec<(f64, Vec<Point>)> = simplified.map(|ring| (size(&ring), ring)).collect();
    sized.sort_by(|one, other| other.0.total_cmp(&one.0));
    let largest = sized.first().map_or(0.0, |(size, _)| *size);
    if largest == 0.0 {
        // Too narrow for the picture once it is simplified: the corners of the widest ring.
        let widest = rings.iter().map(|ring| corners(ring));
        let widest = widest.max_by(|one, other| size(one).total_cmp(&size(other)));
        return widest.filter(|ring| size(ring) > 0.0).into_iter().collect();
    }
    sized.retain(|(size, _)| *size >= MIN_SIZE.min(largest));
    sized.into_iter().map(|(_, ring)| ring).collect()
}

/// The points farthest to the west, north, east and south.
fn corners(ring: &[Point]) -> Vec<Point> {
    let farthest = [
        ring.iter().min_by_key(|point| (point.0, point.1)),
        ring.iter().min_by_key(|point| (point.1, -point.0)),
        ring.iter().max_by_key(|point| (point.0, point.1)),
        ring.iter().max_by_key(|point| (point.1, -point.0)),
    ];
    let mut corners: Vec<Point> = farthest.into_iter().flatten().copied().collect();
    corners.dedup();
    corners
}

/// The surface in square steps.
fn size(ring: &[Point]) -> f64 {
    let following = ring.iter().cycle().skip(1);
    let pairs = ring.iter().zip(following);
    let twice: i64 = pairs
        .map(|(one, next)| {
            i64::from(one.0) * i64::from(next.1) - i64::from(next.0) * i64::from(one.1)
        })
        .sum();
    twice.abs() as f64 / 2.0
}

fn path(parts: &[Vec<Point>]) -> String {
    let mut path = String::new();
    for part in parts {
        let Some((start, rest)) = part.split_first() else {
            continue;
        };
        // Writing to a string does not fail.
        let _ = write!(path, "M{} {}l", start.0, start.1);
        let mut at = *start;
        for point in rest {
            let _ = write!(path, "{} {} ", point.0 - at.0, point.1 - at.1);
            at = *point;
        }
        path.truncate(path.trim_end().len());
        path.push('z');
    }
    path.replace(" -", "-")
}

/// The point inside that is farthest from the border, of some that are tried.
fn label(ring: &[Point]) -> (f64, f64) {
    let across = ring.iter().map(|point| point.0);
    let down = ring.iter().map(|point| point.1);
    let (Some(west), Some(east)) = (across.clone().min(), across.max()) else {
        return (0.0, 0.0);
    };
    let (Some(north), Some(south)) = (down.clone().min(), down.max()) else {
        return (0.0, 0.0);
    };
    let at = |from: i32, to: i32, number: i32| {
        let share = (f64::from(number) + 0.5) / f64::from(LABEL_TRIES);
        f64::from(from) + share * f64::from(to - from)
    };
    let middle = (
        at(west, east, LABEL_TRIES / 2),
        at(north, south, LABEL_TRIES / 2),
    );
    let mut best = (0.0, middle);
    for row in 0..LABEL_TRIES {
        for column in 0..LABEL_TRIES {
            let tried = (at(west, east, column), at(north, south, row));
            let space = space_around(tried, ring);
            if space > best.0 {
                best = (space, tried);
            }
        }
    }
    best.1
}

/// How far a point is from the border; 0 outside.
fn space_around((x, y): (f64, f64), ring: &[Point]) -> f64 {
    let mut is_inside = false;
    let mut least = f64::MAX;
    for (one, next) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let [(ax, ay), (bx, by)] = [one, next].map(|it| (f64::from(it.0), f64::from(it.1)));
        if (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax {
            is_inside = !is_inside;
        }
        let along = (bx - ax, by - ay);
        let squared = along.0 * along.0 + along.1 * along.1;
        let share = ((x - ax) * along.0 + (y - ay) * along.1) / squared.max(f64::MIN_POSITIVE);
        let share = share.clamp(0.0, 1.0);
        // Numbers are wider than high.
        let apart = ((x - ax - share * along.0) / 1.6).hypot(y - ay - share * along.1);
        least = least.min(apart);
    }
    if is_inside { least } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ring through positions in hundredths of a degree.
    fn ring(positions: &[(i32, i32)]) -> Ring {
        let mut ring: Ring = positions
            .iter()
            .map(|(x, y)| [x * 100_000, 540_000_000 + y * 100_000])
            .collect();
        ring.push(ring[0]);
        ring
    }

    /// A border that is not straight, from north to south.
    fn crooked() -> Vec<(i32, i32)> {
        (0..=100)
            .map(|y| (50 + [0, 3, -2, 5, -6][y as usize % 5], y))
            .collect()
    }

    fn west() -> Ring {
        let mut positions = vec![(0, 100), (0, 0)];
        positions.extend(crooked());
        ring(&positions)
    }

    fn east() -> Ring {
        let mut positions = vec![(100, 0), (100, 100)];
        positions.extend(crooked().into_iter().rev());
        ring(&positions)
    }

    /// The absolute points of a path.
    fn points(path: &str) -> Vec<Point> {
        let plain = path.replace(['M', 'l', 'z'], " ").replace('-', " -");
        let numbers: Vec<i32> = plain
            .split_whitespace()
            .map(|number| number.parse().unwrap())
            .collect();
        let mut at = (0, 0);
        numbers
            .chunks(2)
            .map(|pair| {
                at = (at.0 + pair[0], at.1 + pair[1]);
                at
            })
            .collect()
    }

    #[test]
    fn a_shared_border_has_the_same_points_in_both_areas() {
        let (west, east) = (west(), east());
        let drawing = draw(&[vec![&west], vec![&east]]).unwrap();
        let [one, other] = [0, 1].map(|at| points(&drawing.areas[at].path));
        let inner = |points: &[Point]| -> BTreeSet<Point> {
            let inner = points.iter().filter(|(x, _)| (280..=450).contains(x));
            inner.copied().collect()
        };
        assert!(inner(&one).len() > 50, "{one:?}");
        assert_eq!(inner(&one), inner(&other));
    }

    #[test]
    fn parts_of_one_area_have_no_border_between_them() {
        let (west, east) = (west(), east());
        let drawing = draw(&[vec![&west, &east]]).unwrap();
        assert_eq!(points(&drawing.areas[0].path).len(), 4, "{drawing:?}");
    }

    #[test]
    fn a_long_coast_fits_the_page_and_a_small_lake_is_left_out() {
        let coast: Vec<(i32, i32)> = (0..12_000)
            .map(|at| {
                let angle = f64::from(at) / 12_000.0 * std::f64::consts::TAU;
                let radius = 5_000.0 + f64::from(at * 7_919 % 997);
                ((radius * angle.cos()) as i32, (radius * angle.sin()) as i32)
            })
            .collect();
        let coast = ring(&coast);
        let drawing = draw(&[vec![&coast]]).unwrap();
        let path = &drawing.areas[0].path;
        assert!(path.len() <= MAX_BYTES, "{}", path.len());
        assert!(path.len() > 1_000, "{}", path.len());
        let lake = ring(&[(0, 0), (30, 0), (30, 30)]);
        let with_lake = draw(&[vec![&coast, &lake]]).unwrap();
        assert_eq!(with_lake.areas[0].path, *path);
        // Of an area that has nothing larger, it is shown.
        let two = draw(&[vec![&coast], vec![&lake]]).unwrap();
        assert!(two.areas[1].path.ends_with('z'), "{two:?}");
    }

    #[test]
    fn a_number_is_inside_of_its_area() {
        // A horseshoe, whose middle is outside.
        let shoe = ring(&[
            (0, 0),
            (100, 0),
            (100, 20),
            (20, 20),
            (20, 80),
            (100, 80),
            (100, 100),
            (0, 100),
        ]);
        let drawing = draw(&[vec![&shoe]]).unwrap();
        let (x, y) = drawing.areas[0].label;
        let share = |at: f64, from: f64, size: f64| (at - from) / (drawing.step * size);
        let (x, y) = (
            share(x, drawing.origin.0, drawing.size.0),
            share(y, drawing.origin.1, drawing.size.1),
        );
        assert!(x < 0.2 || !(0.2..=0.8).contains(&y), "{x} {y}");
    }

    #[test]
    fn an_area_without_a_surface_is_not_drawn() {
        let line = ring(&[(0, 0), (100, 100)]);
        assert!(draw(&[vec![&line]]).is_none());
        assert!(draw(&[vec![]]).is_none());
        assert!(draw(&[]).is_none());
    }
}
