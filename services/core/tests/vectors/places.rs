use hedgerow_core::gazetteer::{GAZETTEER_VERSION, gazetteer};
use hedgerow_core::place::{is_in_range, is_on_grid, neighbourhood_centre};
use hedgerow_proto::v1::Point;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::file::check;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "kebab-case")]
enum Vector {
    /// A point, and the point that is published for it at neighbourhood precision; none if the
    /// point is out of range.
    Grid {
        name: String,
        point: E7,
        in_range: bool,
        on_grid: bool,
        centre: Option<E7>,
    },
    /// The nearest place of the gazetteer to the centre of a cell, within 30 km.
    Nearest {
        name: String,
        point: E7,
        centre: E7,
        /// 0 if no place is near.
        geonames_id: u64,
        population: Option<u32>,
        /// What a neighbourhood at this point becomes: `neighbourhood`, `town` or `none`.
        becomes: String,
    },
    /// The point of a town; none if the gazetteer does not contain the id.
    Town { geonames_id: u64, point: Option<E7> },
    /// The gazetteer on which the other vectors depend.
    Gazetteer {
        version: String,
        places: usize,
        sha256: String,
    },
}

/// Degrees in units of 10⁻⁷: latitude, then longitude.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct E7(i32, i32);

impl E7 {
    fn point(self) -> Point {
        Point {
            latitude_e7: self.0,
            longitude_e7: self.1,
        }
    }

    fn of(point: &Point) -> Self {
        Self(point.latitude_e7, point.longitude_e7)
    }
}

const ABOUT: &str = "Places. Points are [latitude, longitude] in units of 10^-7 degrees. grid: the cell of \
    0.01 x 0.016 degrees that contains a point, and its centre; floor division, south and west of zero \
    too; the last cell before the pole and the antimeridian contains them. nearest and town depend on \
    the gazetteer that is named by its version and the SHA-256 of its CSV file.";

fn grid(name: &str, latitude: i32, longitude: i32) -> Vector {
    let point = E7(latitude, longitude);
    let in_range = is_in_range(&point.point());
    Vector::Grid {
        name: name.to_owned(),
        point,
        in_range,
        on_grid: is_on_grid(&point.point()),
        centre: in_range.then(|| E7::of(&neighbourhood_centre(&point.point()))),
    }
}

fn grids() -> Vec<Vector> {
    let (north, east) = (900_000_000, 1_800_000_000);
    vec![
        grid("zero", 0, 0),
        grid("north and east of zero", 1, 1),
        grid("south and west of zero", -1, -1),
        grid("the first centre", 50_000, 80_000),
        grid("the last point of the first cell", 99_999, 159_999),
        grid("the first point of the next cell", 100_000, 160_000),
        grid(
            "the south-west corner of a cell below zero",
            -100_000,
            -160_000,
        ),
        grid("just beyond that corner", -100_001, -160_001),
        grid("a centre below zero", -50_000, -80_000),
        grid("a centre in latitude only", 50_000, 80_001),
        grid("a centre in longitude only", 50_001, 80_000),
        grid("an edge that is no centre", 549_800_000, -16_160_000),
        grid("Newcastle upon Tyne", 549_783_000, -16_178_000),
        grid("Leeds", 537_964_800, -15_478_500),
        grid("the North Pole", north, 0),
        grid("just south of the North Pole", north - 1, 0),
        grid(
            "the centre of the northernmost cell",
            north - 50_000,
            80_000,
        ),
        grid("the South Pole", -north, 0),
        grid("the antimeridian, east", 0, east),
        grid("just west of the antimeridian", 0, east - 1),
        grid("the antimeridian, west", 0, -east),
        grid("beyond the North Pole", north + 1, 0),
        grid("beyond the South Pole", -north - 1, 0),
        grid("beyond the antimeridian, east", 0, east + 1),
        grid("beyond the antimeridian, west", 0, -east - 1),
        grid("the highest numbers", i32::MAX, i32::MAX),
        grid("the lowest numbers", i32::MIN, i32::MIN),
    ]
}

fn nearest(name: &str, latitude: i32, longitude: i32) -> Vector {
    let point = E7(latitude, longitude);
    let centre = neighbourhood_centre(&point.point());
    let town = gazetteer().town_near(&centre);
    let population = town.and_then(|town| town.population);
    let becomes = match town {
        None => "none",
        Some(_) if population.is_some_and(|people| people >= 10_000) => "neighbourhood",
        Some(_) => "town",
    };
    Vector::Nearest {
        name: name.to_owned(),
        point,
        centre: E7::of(&centre),
        geonames_id: town.map_or(0, |town| town.geonames_id),
        population,
        becomes: becomes.to_owned(),
    }
}

fn town(geonames_id: u64) -> Vector {
    let point = gazetteer()
        .by_id(geonames_id)
        .map(|town| E7::of(&town.point()));
    Vector::Town { geonames_id, point }
}

/// A town just above or below 10,000 people, by its own point.
fn at_the_limit() -> Vec<Vector> {
    let populous = |at_least: bool| {
        let mut towns: Vec<_> = gazetteer()
            .places()
            .iter()
            .filter(|place| {
                place
                    .population
                    .is_some_and(|people| (people >= 10_000) == at_least)
            })
            .collect();
        towns.sort_by_key(|place| (place.population, place.geonames_id));
        if at_least {
            towns[0]
        } else {
            towns[towns.len() - 1]
        }
    };
    let unknown = gazetteer()
        .places()
        .iter()
        .find(|place| place.population.is_none());
    let of = |name: &str, place: &hedgerow_core::gazetteer::Place| {
        nearest(name, place.latitude_e7, place.longitude_e7)
    };
    vec![
        of("the smallest town of at least 10,000", populous(true)),
        of("the largest town under 10,000", populous(false)),
        of("a town of unknown size", unknown.unwrap()),
    ]
}

fn made() -> Vec<Vector> {
    let places = include_bytes!("../../data/gazetteer-gb.csv");
    let mut vectors = vec![Vector::Gazetteer {
        version: GAZETTEER_VERSION.to_owned(),
        places: gazetteer().places().len(),
        sha256: hex::encode(Sha256::digest(places)),
    }];
    vectors.extend(grids());
    vectors.extend([
        nearest("Leeds", 537_964_800, -15_478_500),
        nearest("Newcastle upon Tyne", 549_783_000, -16_178_000),
        nearest("the middle of the North Sea", 560_000_000, 30_000_000),
        nearest("Paris", 488_566_000, 23_522_000),
    ]);
    vectors.extend(at_the_limit());
    vectors.extend([
        town(2_644_688),
        town(2_641_673),
        town(0),
        town(4_294_967_295),
    ]);
    vectors
}

#[test]
fn places_are_as_in_the_vectors() {
    check("places.json", ABOUT, made(), |vector| match vector {
        Vector::Grid {
            name,
            point,
            in_range,
            on_grid,
            centre,
        } => {
            let again = grid(name, point.0, point.1);
            assert_eq!(*vector, again);
            assert_eq!(*in_range, centre.is_some(), "{name}");
            // The formula of the protocol, in plain arithmetic.
            let by_formula = |value: i32, cell: i64, max: i64| {
                let last = (max - 1).div_euclid(cell);
                i64::from(value).div_euclid(cell).min(last) * cell + cell / 2
            };
            if let Some(centre) = centre {
                let latitude = by_formula(point.0, 100_000, 900_000_000);
                let longitude = by_formula(point.1, 160_000, 1_800_000_000);
                let found = (i64::from(centre.0), i64::from(centre.1));
                assert_eq!(found, (latitude, longitude), "{name}");
                assert_eq!(*on_grid, centre == point, "{name}");
            }
        }
        Vector::Nearest { name, point, .. } => assert_eq!(*vector, nearest(name, point.0, point.1)),
        Vector::Town { geonames_id, .. } => assert_eq!(*vector, town(*geonames_id)),
        Vector::Gazetteer { version, .. } => assert_eq!(version, GAZETTEER_VERSION),
    });
}

/// Every server must use the same file for the same version.
#[test]
fn the_protocol_names_the_version_and_hash_of_the_gazetteer() {
    let document = include_str!("../../../../docs/PROTOCOL.md");
    let places = include_bytes!("../../data/gazetteer-gb.csv");
    assert!(document.contains(&format!("`{GAZETTEER_VERSION}`")));
    assert!(document.contains(&hex::encode(Sha256::digest(places))));
}
