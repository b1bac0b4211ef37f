//! The town that a point belongs to: the one in whose built-up area it lies.

use std::collections::BTreeSet;
use std::f64::consts::PI;
use std::sync::OnceLock;

use hedgerow_core::gazetteer::{Place, gazetteer};
use hedgerow_proto::v1;

use crate::point_grid::PointGrid;

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
/// A part of a town is at most this far from it: five miles.
pub(crate) const MAX_PART_M: f64 = 8_047.0;

/// The GeoNames ids of towns that are parts of a larger one, built from the table of suburbs.
const PARTS: &str = include_str!("../data/built/parts.csv");

/// The towns of the protocol's gazetteer by position.
pub(crate) struct Towns {
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
    let towns = TOWNS.get_or_init(|| {
        let parts = PARTS.lines().skip(1).filter_map(|id| id.parse().ok());
        Towns::new(&parts.collect())
    });
    towns.at(point, min_population)
}

impl Towns {
    /// The parts are GeoNames ids of towns that are never shown.
    pub(crate) fn new(parts: &BTreeSet<u64>) -> Self {
        let places = gazetteer().places().iter().filter(|place| place.is_town());
        let towns: Vec<Town> = places
            .map(|place| Town {
                place,
                radius_m: radius_m(place),
                is_part: parts.contains(&place.geonames_id),
                council: OnceLock::new(),
            })
            .collect();
        let grid = PointGrid::new(towns.iter().map(|town| town.place.point()).collect());
        Self {
            towns,
            grid,
            councils: Councils::new(),
        }
    }

    /// Compares distances in radii: a city reaches farther than the small towns around it, and
    /// not into their middles.
    pub(crate) fn at(&self, point: &v1::Point, min_population: u32) -> Option<&'static Place> {
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

pub(crate) fn population(place: &Place) -> u32 {
    place.population.unwrap_or(UNKNOWN_POPULATION)
}

/// The radius of a circle that a town of that size fills.
pub(crate) fn radius_m(place: &Place) -> f64 {
    let square_km = f64::from(population(place)) / DENSITY;
    ((square_km / PI).sqrt() * 1_000.0).min(MAX_RADIUS_M)
}
