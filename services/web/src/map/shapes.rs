//! The shapes of the pictures, read from `data/map.txt`, and outlines that an operator loads.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::hexagons::Grid;
use super::outlines::{Ring, draw};

const DATA: &str = include_str!("../../data/map.txt");
/// The view of all regions.
const ALL: &str = "all";
/// Empty space around the areas of a view, as a share of its longer side.
const MARGIN: f64 = 0.04;

/// Everything that is drawn: all regions, and the councils of each.
#[derive(Debug)]
pub struct Maps {
    views: Vec<View>,
    land: Vec<Outline>,
}

/// Areas that are shown in one picture: all regions, or the councils of one.
#[derive(Debug)]
pub struct View {
    /// Its name in addresses; that of the view of all regions is `all`.
    pub slug: &'static str,
    pub areas: Vec<Area>,
    /// The line that the sources of loaded outlines ask for. Absent for hexagons.
    pub credit: Option<String>,
    /// The outline of all areas together, in steps of the grid.
    pub(super) outline: String,
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
    /// Its outlines, in steps of the grid.
    pub(super) path: String,
    /// The position of its number.
    pub(super) label: (f64, f64),
}

/// A coast. Outlines that lie outside of a picture are left out of it.
#[derive(Debug)]
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
    /// A frame around these edges: west, north, east and south.
    fn with_margin((west, north, east, south): (f64, f64, f64, f64)) -> Self {
        let margin = MARGIN * (east - west).max(south - north);
        Self {
            west: west - margin,
            north: north - margin,
            east: east + margin,
            south: south + margin,
        }
    }

    pub(super) fn width(&self) -> f64 {
        self.east - self.west
    }

    pub(super) fn height(&self) -> f64 {
        self.south - self.north
    }

    /// The attribute of a picture that shows it.
    pub(super) fn view_box(&self) -> String {
        let (width, height) = (self.width(), self.height());
        format!("{:.0} {:.0} {width:.0} {height:.0}", self.west, self.north)
    }

    fn touches(&self, other: &Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.north <= other.south
            && other.north <= self.south
    }
}

impl Maps {
    /// The embedded shapes: areas of hexagons.
    pub fn embedded() -> Arc<Self> {
        static EMBEDDED: OnceLock<Arc<Maps>> = OnceLock::new();
        let embedded = EMBEDDED
            .get_or_init(|| Arc::new(parse(DATA).expect("the embedded shapes are well formed")));
        Arc::clone(embedded)
    }

    /// The same areas with loaded outlines, which have the councils' names in the directory's
    /// counts. A region of which a council has no outline keeps its hexagons, and so does the view of
    /// all regions then.
    pub fn with_outlines(outlines: &BTreeMap<String, Vec<Ring>>, credit: &str) -> Self {
        let mut maps = parse(DATA).expect("the embedded shapes are well formed");
        let councils: BTreeMap<&str, Vec<Vec<&Ring>>> = maps
            .views
            .iter()
            .filter_map(|view| Some((view.slug, rings_of(view, outlines)?)))
            .collect();
        let regions: Option<Vec<Vec<&Ring>>> = maps
            .regions()
            .areas
            .iter()
            .map(|region| Some(councils.get(region.slug)?.concat()))
            .collect();
        for (slug, areas) in councils
            .into_iter()
            .chain(regions.map(|regions| (ALL, regions)))
        {
            let view = maps.views.iter_mut().find(|view| view.slug == slug);
            if let Some(view) = view {
                view.outline(&areas, credit);
            }
        }
        maps
    }

    /// The view of all regions.
    pub fn regions(&self) -> &View {
        &self.views[0]
    }

    /// The view of the councils of a region.
    pub fn view(&self, slug: &str) -> Option<&View> {
        let mut views = self.views.iter();
        views.find(|view| view.slug == slug && slug != ALL)
    }

    /// The regions that are still shown as hexagons.
    pub fn regions_of_hexagons(&self) -> impl Iterator<Item = &'static str> {
        let regions = self.regions().areas.iter();
        let is_coarse = |slug: &str| self.view(slug).is_some_and(|view| view.credit.is_none());
        regions
            .filter(move |region| is_coarse(region.slug))
            .map(|region| region.name)
    }
}

/// The rings of each area of a view. `None` if one has none.
fn rings_of<'a>(
    view: &View,
    outlines: &'a BTreeMap<String, Vec<Ring>>,
) -> Option<Vec<Vec<&'a Ring>>> {
    let areas = view.areas.iter();
    let rings = areas.map(|area| Some(outlines.get(area.key)?.iter().collect()));
    rings.collect()
}

/// The coasts in a frame.
pub(super) fn land_in(frame: &Frame) -> Vec<&'static str> {
    let maps = Maps::embedded();
    let land = maps.land.iter();
    land.filter(|outline| outline.bounds.touches(frame))
        .map(|outline| outline.path)
        .collect()
}

impl View {
    /// The area of that name in addresses.
    pub fn area(&self, slug: &str) -> Option<&Area> {
        self.areas.iter().find(|area| area.slug == slug)
    }

    /// Draws the areas by these rings. Areas that cannot be drawn so stay as they are.
    fn outline(&mut self, rings: &[Vec<&Ring>], credit: &str) {
        let Some(drawing) = draw(rings) else { return };
        for (area, drawn) in self.areas.iter_mut().zip(drawing.areas) {
            area.path = drawn.path;
            area.label = drawn.label;
        }
        self.outline = drawing.outline;
        let ((west, north), (width, height)) = (drawing.origin, drawing.size);
        self.grid = Grid {
            step: (drawing.step, drawing.step),
            origin: drawing.origin,
        };
        let (east, south) = (west + width * drawing.step, north + height * drawing.step);
        self.frame = Frame::with_margin((west, north, east, south));
        self.credit = Some(credit.to_owned());
    }
}

/// `None` if a line is malformed, which a test excludes.
fn parse(data: &'static str) -> Option<Maps> {
    let mut shapes = Maps {
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
                    credit: None,
                    outline: String::new(),
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
    view.outline = view.grid.whole(&rows);
    view.frame = Frame::with_margin(view.grid.extent(&rows));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use askama::Template as _;

    use super::*;
    use crate::pages::{Map, MapView};
    use crate::tests::samples::shell;

    #[test]
    fn each_region_has_a_view_of_its_councils() {
        let maps = Maps::embedded();
        let regions = maps.regions();
        assert_eq!((regions.slug, regions.areas.len()), (ALL, 12));
        let mut councils = BTreeSet::new();
        for region in &regions.areas {
            let view = maps.view(region.slug).expect(region.slug);
            let slugs: BTreeSet<_> = view.areas.iter().map(|area| area.slug).collect();
            assert_eq!(slugs.len(), view.areas.len(), "{}", region.slug);
            councils.extend(view.areas.iter().map(|area| area.key));
        }
        assert_eq!(councils.len(), 361);
        assert!(maps.view(ALL).is_none() && maps.view("atlantis").is_none());
    }

    fn check_areas(maps: &Maps) {
        for view in &maps.views {
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
            assert!(!land_in(&view.frame).is_empty(), "{}", view.slug);
        }
    }

    #[test]
    fn every_area_is_drawn_and_its_number_is_in_the_frame() {
        check_areas(&Maps::embedded());
    }

    /// A rectangle for each council of the views, in a row.
    fn outlines(maps: &Maps, is_wanted: impl Fn(&str) -> bool) -> BTreeMap<String, Vec<Ring>> {
        let views = maps.views.iter().filter(|view| view.slug != ALL);
        let areas = views.flat_map(|view| &view.areas);
        let wanted = areas.filter(|area| is_wanted(area.key));
        let rectangle = |at: i32| {
            let (west, south) = (-70_000_000 + at * 200_000, 540_000_000);
            let (east, north) = (west + 200_000, south + 5_000_000);
            vec![
                [west, south],
                [east, south],
                [east, north],
                [west, north],
                [west, south],
            ]
        };
        (0..)
            .zip(wanted)
            .map(|(at, area)| (area.key.to_owned(), vec![rectangle(at)]))
            .collect()
    }

    #[test]
    fn loaded_outlines_are_drawn_for_every_area() {
        let embedded = Maps::embedded();
        let maps = Maps::with_outlines(&outlines(&embedded, |_| true), "From a test.");
        check_areas(&maps);
        assert_eq!(maps.regions_of_hexagons().count(), 0);
        for (view, before) in maps.views.iter().zip(&embedded.views) {
            assert_eq!(view.credit.as_deref(), Some("From a test."));
            for (area, before) in view.areas.iter().zip(&before.areas) {
                assert_eq!((area.slug, area.key), (before.slug, before.key));
                assert_ne!(area.path, before.path);
            }
        }
    }

    /// Each council as a star with many points, some distance from the next one.
    fn detailed(maps: &Maps) -> BTreeMap<String, Vec<Ring>> {
        let mut outlines = outlines(maps, |_| true);
        for rings in outlines.values_mut() {
            let [west, south] = rings[0][0];
            let star = (0..300).map(|at: i32| {
                let angle = f64::from(at) / 300.0 * std::f64::consts::TAU;
                let radius = 40_000.0 + f64::from(at * 7_919 % 61) * 800.0;
                let (x, y) = (radius * angle.cos(), radius * angle.sin());
                [west + x as i32, south + y as i32]
            });
            let mut star: Ring = star.collect();
            star.push(star[0]);
            rings[0] = star;
        }
        outlines
    }

    #[test]
    fn a_page_of_detailed_outlines_and_large_counts_has_at_most_50_kb() {
        let embedded = Maps::embedded();
        let maps = Maps::with_outlines(&detailed(&embedded), "From a test.");
        assert_eq!(maps.regions_of_hexagons().count(), 0);
        for maps in [embedded.as_ref(), &maps] {
            for view in &maps.views {
                let region = maps.regions().area(view.slug);
                let counts = (0..).map(|at| 1_000 + at * 12_345).take(view.areas.len());
                let page = Map::new(
                    shell(),
                    &MapView {
                        view,
                        region,
                        counts: counts.collect(),
                        total: 1_000_000,
                    },
                );
                let html = page.render().unwrap();
                assert!(html.len() <= 50_000, "{}: {}", view.slug, html.len());
                assert!(html.contains("k</text>"), "{}", view.slug);
            }
        }
    }

    #[test]
    fn a_region_with_a_council_that_has_no_outline_keeps_its_hexagons() {
        let embedded = Maps::embedded();
        let outlines = outlines(&embedded, |council| council != "Sheffield");
        let maps = Maps::with_outlines(&outlines, "From a test.");
        let left: Vec<_> = maps.regions_of_hexagons().collect();
        assert_eq!(left, ["Yorkshire and the Humber"]);
        assert_eq!(maps.regions().credit, None);
        assert!(maps.view("wales").is_some_and(|view| view.credit.is_some()));
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
