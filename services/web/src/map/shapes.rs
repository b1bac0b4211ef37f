//! The shapes of the pictures, read once from `data/map.txt`.

use std::sync::OnceLock;

use super::hexagons::Grid;

const DATA: &str = include_str!("../../data/map.txt");
/// The view of all regions.
const ALL: &str = "all";
/// Empty space around the areas of a view, as a share of its longer side.
const MARGIN: f64 = 0.04;

/// Everything that is drawn.
pub(super) struct Shapes {
    views: Vec<View>,
    land: Vec<Outline>,
}

/// Areas that are shown in one picture: all regions, or the councils of one.
#[derive(Debug)]
pub struct View {
    /// Its name in addresses; that of the view of all regions is `all`.
    pub slug: &'static str,
    pub areas: Vec<Area>,
    pub(super) grid: Grid,
    pub(super) frame: Frame,
}

/// A region or a council.
#[derive(Debug)]
pub struct Area {
    /// Its name in addresses, unique in its view.
    pub slug: &'static str,
    /// Its name in the directory's counts.
    pub key: &'static str,
    /// Its name as people know it.
    pub name: &'static str,
    /// The outlines of its hexagons, in steps of the grid.
    pub(super) path: String,
    /// The position of its number.
    pub(super) label: (f64, f64),
}

/// A coast. Outlines that lie outside of a picture are left out of it.
pub(super) struct Outline {
    bounds: Frame,
    pub(super) path: &'static str,
}

/// The corners of a rectangle, in units of 500 m.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) west: f64,
    pub(super) north: f64,
    pub(super) east: f64,
    pub(super) south: f64,
}

impl Frame {
    pub(super) fn width(&self) -> f64 {
        self.east - self.west
    }

    pub(super) fn height(&self) -> f64 {
        self.south - self.north
    }

    fn touches(&self, other: &Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.north <= other.south
            && other.north <= self.south
    }
}

/// The view of all regions.
pub fn regions() -> &'static View {
    &shapes().views[0]
}

/// The view of the councils of a region.
pub fn view(slug: &str) -> Option<&'static View> {
    let mut views = shapes().views.iter();
    views.find(|view| view.slug == slug && slug != ALL)
}

/// The coasts in a frame.
pub(super) fn land_in(frame: &Frame) -> impl Iterator<Item = &'static str> {
    let land = shapes().land.iter();
    land.filter(|outline| outline.bounds.touches(frame))
        .map(|outline| outline.path)
}

impl View {
    /// The area of that name in addresses.
    pub fn area(&self, slug: &str) -> Option<&Area> {
        self.areas.iter().find(|area| area.slug == slug)
    }
}

fn shapes() -> &'static Shapes {
    static SHAPES: OnceLock<Shapes> = OnceLock::new();
    SHAPES.get_or_init(|| parse(DATA).expect("the embedded shapes are well formed"))
}

/// `None` if a line is malformed, which a test excludes.
fn parse(data: &'static str) -> Option<Shapes> {
    let mut shapes = Shapes {
        views: Vec::new(),
        land: Vec::new(),
    };
    let mut rows: Vec<&'static str> = Vec::new();
    for line in data.lines() {
        let cells: Vec<&'static str> = line.split('\t').collect();
        match *cells {
            ["view", slug, radius, x, y] => {
                finish(&mut shapes.views, &mut rows);
                let origin = (x.parse().ok()?, y.parse().ok()?);
                let grid = Grid::new(radius.parse().ok()?, origin);
                let nowhere = Frame {
                    west: 0.0,
                    north: 0.0,
                    east: 0.0,
                    south: 0.0,
                };
                shapes.views.push(View {
                    slug,
                    areas: Vec::new(),
                    grid,
                    frame: nowhere,
                });
            }
            ["area", slug, key, name, x, y] => shapes.views.last_mut()?.areas.push(Area {
                slug,
                key,
                name,
                path: String::new(),
                label: (x.parse().ok()?, y.parse().ok()?),
            }),
            ["row", row] => rows.push(row),
            ["land", bounds, path] => {
                let edges: Vec<f64> = bounds
                    .split(' ')
                    .map(|edge| edge.parse().ok())
                    .collect::<Option<_>>()?;
                let &[west, north, east, south] = edges.as_slice() else {
                    return None;
                };
                let bounds = Frame {
                    west,
                    north,
                    east,
                    south,
                };
                shapes.land.push(Outline { bounds, path });
            }
            _ => return None,
        }
    }
    finish(&mut shapes.views, &mut rows);
    (!shapes.views.is_empty()).then_some(shapes)
}

/// Gives the last view the outlines of its areas, and its frame.
fn finish(views: &mut [View], rows: &mut Vec<&'static str>) {
    let Some(view) = views.last_mut() else { return };
    let rows = std::mem::take(rows);
    for (code, area) in (b'0'..).zip(&mut view.areas) {
        area.path = view.grid.outline(&rows, code);
    }
    let (west, north, east, south) = view.grid.extent(&rows);
    let margin = MARGIN * (east - west).max(south - north);
    view.frame = Frame {
        west: west - margin,
        north: north - margin,
        east: east + margin,
        south: south + margin,
    };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_region_has_a_view_of_its_councils() {
        assert_eq!((regions().slug, regions().areas.len()), (ALL, 12));
        let mut councils = BTreeSet::new();
        for region in &regions().areas {
            let view = view(region.slug).expect(region.slug);
            let slugs: BTreeSet<_> = view.areas.iter().map(|area| area.slug).collect();
            assert_eq!(slugs.len(), view.areas.len(), "{}", region.slug);
            councils.extend(view.areas.iter().map(|area| area.key));
        }
        assert_eq!(councils.len(), 361);
        assert!(view(ALL).is_none() && view("atlantis").is_none());
    }

    #[test]
    fn every_area_is_drawn_and_its_number_is_in_the_frame() {
        for view in &shapes().views {
            for area in &view.areas {
                assert!(area.path.ends_with('z'), "{}", area.name);
                let (x, y) = area.label;
                let frame = &view.frame;
                assert!(
                    frame.west < x && x < frame.east && frame.north < y && y < frame.south,
                    "{}",
                    area.name
                );
                let letters = |letter: char| letter.is_ascii_lowercase() || letter == '-';
                assert!(area.slug.chars().all(letters), "{}", area.slug);
            }
            assert!(land_in(&view.frame).count() > 0, "{}", view.slug);
        }
    }

    #[test]
    fn malformed_shapes_are_not_read() {
        for data in [
            "",
            "view\tall\tx\t0\t0",
            "area\ta\tA\tA\t0\t0",
            "land\t0 0 1\tM0 0z",
            "other",
        ] {
            assert!(parse(data).is_none(), "{data}");
        }
    }
}
