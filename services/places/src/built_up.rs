//! The town that a point belongs to: the one in whose built-up area it lies.

use std::collections::HashMap;
use std::f64::consts::PI;
use std::sync::OnceLock;

use hedgerow_core::gazetteer::{District, Place, gazetteer};
use hedgerow_core::place::distance_m;
use hedgerow_proto::v1;

use crate::point_grid::PointGrid;
use crate::tables::suburbs;

/// Inhabitants on a square kilometre of a British town, with its parks and works.
const DENSITY: f64 = 3_500.0;
/// London, which is so wide that its boroughs are nearer to people than its middle.
const MAX_RADIUS_M: f64 = 12_000.0;
/// Assumed for the well-known towns whose size GeoNames does not have.
const UNKNOWN_POPULATION: u32 = 10_000;
/// A town under another council counts as this many times farther.
const OTHER_COUNCIL: f64 = 1.5;
/// A town farther away would be another one: ten miles.
const MAX_DISTANCE_M: f64 = 16_093.0;
/// A listed part of a town belongs to it up to this many of the town's radii away, and up to five
/// miles: Chapel Allerton is Leeds; Woolwich is not shown as Charing Cross.
const PART_RADII: f64 = 1.2;
pub(crate) const MAX_PART_M: f64 = 8_047.0;
/// A town is at least this many times larger than its part: Halesowen is not a part of Dudley.
const PART_FACTOR: u32 = 4;
/// The table places a part at the middle of its postcode district.
const SAME_PART_M: f64 = 5_000.0;

/// The towns of the protocol's gazetteer by position.
struct Towns {
    towns: Vec<Town>,
    grid: PointGrid,
    councils: Councils,
}

struct Town {
    place: &'static Place,
    radius_m: f64,
    /// Whether it is a part of a larger town, which is shown instead.
    is_part: bool,
    /// Found at the first use: most towns are too far from every point that is looked up.
    council: OnceLock<Option<&'static str>>,
}

/// The local authorities of postcode districts.
struct Councils {
    names: Vec<&'static str>,
    grid: PointGrid,
}

impl Councils {
    fn new() -> Self {
        let districts: Vec<_> = gazetteer().districts().collect();
        Self {
            names: districts
                .iter()
                .map(|it| it.local_authority.as_str())
                .collect(),
            grid: PointGrid::new(districts.iter().map(|it| it.point()).collect()),
        }
    }

    /// The council of the nearest postcode district. Northern Ireland has none here.
    fn at(&self, point: &v1::Point) -> Option<&'static str> {
        let (at, distance) = self.grid.nearest(point, |_| true)?;
        (distance <= MAX_DISTANCE_M).then(|| self.names[at])
    }
}

/// Returns the town that a point is shown as at town precision. Towns with fewer people than
/// `min_population` are left out.
pub(crate) fn town_at(point: &v1::Point, min_population: u32) -> Option<&'static Place> {
    static TOWNS: OnceLock<Towns> = OnceLock::new();
    TOWNS.get_or_init(Towns::new).at(point, min_population)
}

impl Towns {
    fn new() -> Self {
        let places = gazetteer().places().iter().filter(|place| place.is_town());
        let mut towns: Vec<Town> = places
            .map(|place| Town {
                place,
                radius_m: radius_m(place),
                is_part: false,
                council: OnceLock::new(),
            })
            .collect();
        mark_parts(&mut towns);
        let grid = PointGrid::new(towns.iter().map(|town| town.place.point()).collect());
        Self {
            towns,
            grid,
            councils: Councils::new(),
        }
    }

    /// Compares distances in radii: a city reaches farther than the small towns around it, and
    /// not into their middles.
    fn at(&self, point: &v1::Point, min_population: u32) -> Option<&'static Place> {
        let near = self.grid.within(point, MAX_DISTANCE_M).into_iter();
        let mut near: Vec<(f64, &Town)> = near
            .map(|(at, distance)| (distance, &self.towns[at]))
            .filter(|(_, town)| !town.is_part && population(town.place) >= min_population)
            .map(|(distance, town)| (distance / town.radius_m, town))
            .collect();
        near.sort_by(|(a, one), (b, other)| {
            let by_id = one.place.geonames_id.cmp(&other.place.geonames_id);
            a.total_cmp(b).then(by_id)
        });
        let council = self.councils.at(point);
        let mut best: Option<(f64, &Town)> = None;
        for (radii, town) in near {
            if best.is_some_and(|(least, _)| radii >= least) {
                break;
            }
            let is_other = match (council, self.council(town)) {
                (Some(own), Some(other)) => own != other,
                _ => false,
            };
            let weighted = if is_other {
                radii * OTHER_COUNCIL
            } else {
                radii
            };
            if best.is_none_or(|(least, _)| weighted < least) {
                best = Some((weighted, town));
            }
        }
        best.map(|(_, town)| town.place)
    }

    fn council(&self, town: &Town) -> Option<&'static str> {
        let council = town
            .council
            .get_or_init(|| self.councils.at(&town.place.point()));
        *council
    }
}

fn population(place: &Place) -> u32 {
    place.population.unwrap_or(UNKNOWN_POPULATION)
}

/// The radius of a circle that a town of that size fills.
fn radius_m(place: &Place) -> f64 {
    let square_km = f64::from(population(place)) / DENSITY;
    ((square_km / PI).sqrt() * 1_000.0).min(MAX_RADIUS_M)
}

/// Marks the towns that the table of suburbs lists as parts of a larger town nearby.
fn mark_parts(towns: &mut [Town]) {
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, town) in towns.iter().enumerate() {
        by_name.entry(&town.place.name).or_default().push(index);
    }
    let named = |name: &str| by_name.get(name).into_iter().flatten().copied();
    let mut parts = Vec::new();
    for [name, whole, code] in suburbs().unwrap_or_default() {
        let Some(middle) = gazetteer().district(&code).map(District::point) else {
            continue;
        };
        for part in named(&name) {
            let place = towns[part].place;
            if distance_m(&place.point(), &middle) > SAME_PART_M {
                continue;
            }
            let is_whole = |other: usize| {
                let whole = &towns[other];
                let reach = MAX_PART_M.min(PART_RADII * whole.radius_m);
                population(whole.place) >= PART_FACTOR.saturating_mul(population(place))
                    && distance_m(&place.point(), &whole.place.point()) <= reach
            };
            if named(&whole).any(is_whole) {
                parts.push(part);
            }
        }
    }
    for part in parts {
        towns[part].is_part = true;
    }
}
