//! The outline of an area: whether a point is inside, and a point inside.

use hedgerow_proto::v1;

use crate::record::Bounds;

/// Edges in a band of latitudes on average: a test reads one band.
const BAND_EDGES: usize = 32;
const MAX_BANDS: usize = 8_192;
/// Long edges lie in several bands; all bands together hold at most this many times the edges.
const MAX_REPEATS: usize = 4;

/// Longitude and latitude × 10⁷, in the order of GeoJSON.
pub(crate) type Position = [i32; 2];
/// The positions of a closed line; the last one is the first one.
pub(crate) type Ring = Vec<Position>;
type Edge = [Position; 2];

/// Rings as edges. A point is inside if a line from it to the east crosses an odd number of
/// them, so holes and several parts need no order.
#[derive(Debug)]
pub(crate) struct Outline {
    bounds: Bounds,
    bands: Vec<Vec<Edge>>,
    middle: v1::Point,
}

impl Outline {
    /// Builds the outline of rings with at least two positions each. `None` without any.
    pub(crate) fn new(rings: &[Ring]) -> Option<Self> {
        let bounds = bounds(rings)?;
        let edges: Vec<Edge> = rings
            .iter()
            .flat_map(|ring| ring.windows(2).map(|pair| [pair[0], pair[1]]))
            // A line to the east never crosses an edge along it.
            .filter(|[a, b]| a[1] != b[1])
            .collect();
        let mut count = (edges.len() / BAND_EDGES).clamp(1, MAX_BANDS);
        let entries = |count: usize| -> usize {
            let spans = edges
                .iter()
                .map(|edge| bands_of(edge, &bounds, count).count());
            spans.sum()
        };
        while count > 1 && entries(count) > MAX_REPEATS * edges.len() {
            count /= 2;
        }
        let mut bands = vec![Vec::new(); count];
        for edge in edges {
            for band in bands_of(&edge, &bounds, count) {
                bands[band].push(edge);
            }
        }
        let mut outline = Self {
            bounds,
            bands,
            middle: v1::Point::default(),
        };
        outline.middle = outline.find_middle(rings);
        Some(outline)
    }

    pub(crate) fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Returns a point inside: the centroid of the largest part, or, if that lies outside, one
    /// at the same latitude.
    pub(crate) fn middle(&self) -> v1::Point {
        self.middle
    }

    /// Returns whether the point is inside. A point on the edge may be either.
    pub(crate) fn contains(&self, point: &v1::Point) -> bool {
        self.bounds.contains(point)
            && self
                .crossed(point.latitude_e7)
                .filter(|edge| is_west_of(point, edge))
                .count()
                % 2
                == 1
    }

    /// The edges that cross a latitude within the bounds. An end belongs to the edge above it, so
    /// a line through a corner crosses one edge and not two.
    fn crossed(&self, latitude: i32) -> impl Iterator<Item = &Edge> {
        let band = band(latitude, &self.bounds, self.bands.len());
        let edges = self.bands[band].iter();
        edges.filter(move |[a, b]| (a[1] <= latitude) != (b[1] <= latitude))
    }

    fn find_middle(&self, rings: &[Ring]) -> v1::Point {
        let b = &self.bounds;
        let centroid = rings
            .iter()
            .filter_map(centroid)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map_or_else(
                || midpoint(b.south_e7, b.north_e7, b.west_e7, b.east_e7),
                |(_, point)| point,
            );
        if self.contains(&centroid) || !b.contains(&centroid) {
            return centroid;
        }
        let latitude = centroid.latitude_e7;
        let mut crossings: Vec<i32> = self
            .crossed(latitude)
            .map(|[a, b]| {
                let part = f64::from(latitude) - f64::from(a[1]);
                let part = part / (f64::from(b[1]) - f64::from(a[1]));
                (f64::from(a[0]) + part * (f64::from(b[0]) - f64::from(a[0]))) as i32
            })
            .collect();
        crossings.sort_unstable();
        let (stretches, _) = crossings.as_chunks::<2>();
        let widest = stretches
            .iter()
            .max_by_key(|[west, east]| i64::from(*east) - i64::from(*west));
        widest.map_or(centroid, |[west, east]| {
            midpoint(latitude, latitude, *west, *east)
        })
    }
}

fn midpoint(south: i32, north: i32, west: i32, east: i32) -> v1::Point {
    v1::Point {
        latitude_e7: i32::midpoint(south, north),
        longitude_e7: i32::midpoint(west, east),
    }
}

fn bounds(rings: &[Ring]) -> Option<Bounds> {
    let latitudes = || rings.iter().flatten().map(|position| position[1]);
    let longitudes = || rings.iter().flatten().map(|position| position[0]);
    Some(Bounds {
        south_e7: latitudes().min()?,
        north_e7: latitudes().max()?,
        west_e7: longitudes().min()?,
        east_e7: longitudes().max()?,
    })
}

fn band(latitude: i32, bounds: &Bounds, count: usize) -> usize {
    let above = i64::from(latitude) - i64::from(bounds.south_e7);
    let height = i64::from(bounds.north_e7) - i64::from(bounds.south_e7) + 1;
    (above * count as i64 / height) as usize
}

fn bands_of(edge: &Edge, bounds: &Bounds, count: usize) -> std::ops::RangeInclusive<usize> {
    let [a, b] = edge;
    band(a[1].min(b[1]), bounds, count)..=band(a[1].max(b[1]), bounds, count)
}

/// Whether the point lies west of an edge that crosses its latitude. In integers: rounding would
/// place a point near a corner on both sides.
fn is_west_of(point: &v1::Point, [a, b]: &Edge) -> bool {
    let (south, north) = if a[1] < b[1] { (a, b) } else { (b, a) };
    let [x, y] = [point.longitude_e7, point.latitude_e7].map(i128::from);
    let [south_x, south_y] = south.map(i128::from);
    let [north_x, north_y] = north.map(i128::from);
    (x - south_x) * (north_y - south_y) < (y - south_y) * (north_x - south_x)
}

/// The size of a ring and its centroid. `None` if it encloses nothing.
fn centroid(ring: &Ring) -> Option<(f64, v1::Point)> {
    let [first_x, first_y] = ring.first()?.map(f64::from);
    let (mut twice, mut x_sum, mut y_sum) = (0.0, 0.0, 0.0);
    for pair in ring.windows(2) {
        // Relative to the first position: the products of whole coordinates lose digits.
        let [x1, y1] = [pair[0][0], pair[0][1]].map(f64::from);
        let [x2, y2] = [pair[1][0], pair[1][1]].map(f64::from);
        let (x1, y1, x2, y2) = (x1 - first_x, y1 - first_y, x2 - first_x, y2 - first_y);
        let cross = x1 * y2 - x2 * y1;
        twice += cross;
        x_sum += (x1 + x2) * cross;
        y_sum += (y1 + y2) * cross;
    }
    let point = v1::Point {
        longitude_e7: (first_x + x_sum / (3.0 * twice)) as i32,
        latitude_e7: (first_y + y_sum / (3.0 * twice)) as i32,
    };
    (twice != 0.0).then_some((twice.abs(), point))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point(longitude_e7: i32, latitude_e7: i32) -> v1::Point {
        v1::Point {
            latitude_e7,
            longitude_e7,
        }
    }

    fn square(west: i32, south: i32, side: i32) -> Ring {
        let (east, north) = (west + side, south + side);
        vec![
            [west, south],
            [east, south],
            [east, north],
            [west, north],
            [west, south],
        ]
    }

    #[test]
    fn holes_are_outside_and_every_part_is_inside() {
        let rings = [square(0, 0, 100), square(40, 40, 20), square(500, 0, 10)];
        let outline = Outline::new(&rings).unwrap();
        for (x, y, inside) in [
            (10, 10, true),
            (50, 50, false),
            // Level with the corners of the hole.
            (20, 40, true),
            (80, 60, true),
            (505, 5, true),
            (300, 5, false),
            (-1, 50, false),
            (50, 101, false),
        ] {
            assert_eq!(outline.contains(&point(x, y)), inside, "{x} {y}");
        }
        // The centroid lies in the hole.
        assert!(outline.contains(&outline.middle()));
    }

    #[test]
    fn rings_without_a_surface_contain_no_point() {
        assert!(Outline::new(&[]).is_none());
        let flat = Outline::new(&[vec![[0, 5], [10, 5], [20, 5], [0, 5]]]).unwrap();
        assert!(!flat.contains(&point(10, 5)));
        let globe = [i32::MAX, i32::MIN];
        let wide = vec![globe, [i32::MIN, i32::MAX], [0, 0], globe];
        assert!(Outline::new(&[wide]).is_some());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn bands_have_the_same_answer_as_all_edges(
            mut ring in proptest::collection::vec([0i32..1_000, 0i32..1_000], 3..400),
            x in -10i32..1_010,
            y in -10i32..1_010,
        ) {
            ring.push(ring[0]);
            let outline = Outline::new(std::slice::from_ref(&ring)).unwrap();
            let crossed = ring.windows(2).map(|pair| [pair[0], pair[1]]).filter(|edge| {
                let [a, b] = edge;
                (a[1] <= y) != (b[1] <= y) && is_west_of(&point(x, y), edge)
            });
            prop_assert_eq!(outline.contains(&point(x, y)), crossed.count() % 2 == 1);
        }
    }
}
