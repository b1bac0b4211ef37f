//! The embedded gazetteer: the towns that may be published in Great Britain and Northern
//! Ireland, and postcode districts of Great Britain. It is embedded so that no outside service
//! learns where people search. What people mean by a name is the concern of another crate: here
//! is only what receivers check, and what rounding needs.
//!
//! Sources and licences are in `data/README.md`: GeoNames (CC BY 4.0) and OS
//! Code-Point Open (OGL v3).

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

use hedgerow_proto::v1;

use crate::place::{distance_m, parse_degrees};

mod name;
mod place;

pub use name::normalise;
pub use place::{District, MIN_TOWN_POPULATION, Place};

/// The name of the embedded list of places. Receivers check town points by it, so a change of the
/// file needs a new name; `docs/PROTOCOL.md` has its hash.
pub const GAZETTEER_VERSION: &str = "gb-1";

const PLACES: &str = include_str!("../data/gazetteer-gb.csv");
const DISTRICTS: &str = include_str!("../data/outcodes-gb.csv");

/// A point that is farther from every place has no town.
const MAX_TOWN_DISTANCE_M: f64 = 30_000.0;
/// Metres in 10⁻⁷ degree of latitude.
const METRES_PER_E7: f64 = 0.011_119_5;

/// Places and districts, with their indexes. Built once, by [`gazetteer`].
#[derive(Debug)]
pub struct Gazetteer {
    /// Sorted by latitude, so that a search for the nearest can go north and south from
    /// a point.
    places: Vec<Place>,
    by_id: HashMap<u64, usize>,
    /// Numbers of places, sorted by normalised name: the names themselves would take ten times
    /// as much memory.
    by_name: Vec<u32>,
    districts: HashMap<String, District>,
    postcode_areas: BTreeSet<String>,
    regions: BTreeSet<String>,
    /// Without those that a place is called like.
    counties: HashMap<String, String>,
}

/// Returns the embedded gazetteer; the first call parses it.
pub fn gazetteer() -> &'static Gazetteer {
    static GAZETTEER: OnceLock<Gazetteer> = OnceLock::new();
    GAZETTEER.get_or_init(|| {
        Gazetteer::parse(PLACES, DISTRICTS).expect("the embedded data is well formed")
    })
}

impl Gazetteer {
    fn parse(places: &str, districts: &str) -> Option<Self> {
        let mut places = csv_rows(places, 8)?
            .iter()
            .map(|row| {
                Some(Place {
                    geonames_id: row[0].parse().ok()?,
                    name: row[1].to_owned(),
                    country: row[2].to_owned(),
                    region: row[3].to_owned(),
                    county: row[4].to_owned(),
                    latitude_e7: parse_degrees(&row[5])?,
                    longitude_e7: parse_degrees(&row[6])?,
                    population: match &row[7] {
                        "" => None,
                        number => Some(number.parse().ok()?),
                    },
                })
            })
            .collect::<Option<Vec<_>>>()?;
        places.sort_by_key(|place| (place.latitude_e7, place.geonames_id));

        let districts = csv_rows(districts, 6)?
            .iter()
            .map(|row| {
                let district = District {
                    code: row[0].to_owned(),
                    latitude_e7: parse_degrees(&row[1])?,
                    longitude_e7: parse_degrees(&row[2])?,
                    region: row[3].to_owned(),
                    local_authority: row[4].to_owned(),
                    nearest_place: row[5].to_owned(),
                };
                Some((district.code.clone(), district))
            })
            .collect::<Option<HashMap<_, _>>>()?;
        Some(Self::index(places, districts))
    }

    fn index(places: Vec<Place>, districts: HashMap<String, District>) -> Self {
        let mut names: Vec<(String, u32)> = (0_u32..)
            .zip(&places)
            .map(|(index, place)| (normalise(&place.name), index))
            .collect();
        names.sort_unstable();
        let known: HashSet<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
        let mut counties = HashMap::new();
        for place in &places {
            let county = normalise(&place.county);
            if !county.is_empty() && !known.contains(county.as_str()) {
                counties.insert(county, place.county.clone());
            }
        }
        let area = |code: &String| code.chars().take_while(char::is_ascii_alphabetic).collect();
        let mut postcode_areas: BTreeSet<String> = districts.keys().map(area).collect();
        // Code-Point Open does not contain Northern Ireland and the islands.
        postcode_areas.extend(["BT", "JE", "GY", "IM"].map(str::to_owned));
        Self {
            by_id: places
                .iter()
                .enumerate()
                .map(|(index, p)| (p.geonames_id, index))
                .collect(),
            regions: places.iter().map(|place| place.region.clone()).collect(),
            places,
            by_name: names.into_iter().map(|(_, index)| index).collect(),
            districts,
            postcode_areas,
            counties,
        }
    }

    /// Returns every place, sorted from south to north.
    #[must_use]
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Returns the place with this GeoNames id.
    #[must_use]
    pub fn by_id(&self, geonames_id: u64) -> Option<&Place> {
        self.by_id
            .get(&geonames_id)
            .map(|index| &self.places[*index])
    }

    /// Returns whether a place has exactly this name, in any spelling that
    /// [`normalise`] equates. Does not say which one: several places share many names.
    #[must_use]
    pub fn is_place_name(&self, name: &str) -> bool {
        let name = normalise(name);
        let own = |index: &u32| normalise(&self.places[*index as usize].name);
        let found = self.by_name.binary_search_by(|index| own(index).cmp(&name));
        found.is_ok()
    }

    /// Returns the postcode district (`LS6`) in any case and spacing; `None` for a full
    /// postcode.
    #[must_use]
    pub fn district(&self, code: &str) -> Option<&District> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        self.districts.get(&code.to_ascii_uppercase())
    }

    /// Returns every postcode district of Great Britain, in no order.
    pub fn districts(&self) -> impl Iterator<Item = &District> {
        self.districts.values()
    }

    /// Returns whether there are postcodes that begin with these upper-case letters:
    /// `LS`, `BT`.
    #[must_use]
    pub fn is_postcode_area(&self, letters: &str) -> bool {
        self.postcode_areas.contains(letters)
    }

    /// Returns the names of the regions: nine English ones, Scotland, Wales, Northern
    /// Ireland.
    pub fn regions(&self) -> impl Iterator<Item = &str> {
        self.regions.iter().map(String::as_str)
    }

    /// Returns the region of that name, as spelt in the gazetteer.
    #[must_use]
    pub fn region(&self, name: &str) -> Option<&str> {
        let name = normalise(name);
        self.regions().find(|region| normalise(region) == name)
    }

    /// Returns the county or council area of that name, as spelt in the gazetteer. `None` if a
    /// place has the name too, such as Darlington.
    #[must_use]
    pub fn county(&self, name: &str) -> Option<&str> {
        self.counties.get(&normalise(name)).map(String::as_str)
    }

    /// Returns the town of a point: the nearest place, if it is within 30 km.
    #[must_use]
    pub fn town_near(&self, point: &v1::Point) -> Option<&Place> {
        let (nearest, distance) = self.nearest_within(*point, MAX_TOWN_DISTANCE_M)?;
        (distance <= MAX_TOWN_DISTANCE_M).then_some(nearest)
    }

    /// Returns the town under which a place is published at town precision: itself, or if it is
    /// too small for that, the nearest town of its county, else the nearest town.
    #[must_use]
    pub fn town_of<'a>(&'a self, place: &'a Place) -> &'a Place {
        if place.is_town() {
            return place;
        }
        let from = place.point();
        let distance = |town: &&Place| distance_m(&from, &town.point());
        let key = |town: &&Place| {
            let is_elsewhere = town.county != place.county || town.country != place.country;
            // A county may have one town at its other end.
            let is_far = distance(town) > MAX_TOWN_DISTANCE_M;
            (is_far, is_elsewhere)
        };
        let towns = self.places.iter().filter(|town| town.is_town());
        let nearest = towns.min_by(|a, b| {
            let by_distance = distance(a).total_cmp(&distance(b));
            let by_id = a.geonames_id.cmp(&b.geonames_id);
            key(a).cmp(&key(b)).then(by_distance).then(by_id)
        });
        nearest.unwrap_or(place)
    }

    /// Returns the place nearest to a point at any distance, and the distance in metres.
    #[must_use]
    pub fn nearest(&self, latitude_e7: i32, longitude_e7: i32) -> Option<(&Place, f64)> {
        let from = v1::Point {
            latitude_e7,
            longitude_e7,
        };
        self.nearest_within(from, f64::INFINITY)
    }

    /// Returns the place nearest to a point. Places farther away than the limit may be left out:
    /// a point far from every place would otherwise be compared with all of them, and a record
    /// may have hundreds of points.
    fn nearest_within(&self, from: v1::Point, limit_m: f64) -> Option<(&Place, f64)> {
        let latitude_e7 = from.latitude_e7;
        let middle = self
            .places
            .partition_point(|place| place.latitude_e7 < latitude_e7);
        let mut best: Option<(&Place, f64)> = None;
        let mut north = self.places[middle..].iter().peekable();
        let mut south = self.places[..middle].iter().rev().peekable();
        loop {
            let gap = |place: &Place| place.latitude_e7.abs_diff(latitude_e7);
            let next = match (north.peek(), south.peek()) {
                (Some(up), Some(down)) if gap(up) <= gap(down) => north.next(),
                (_, Some(_)) => south.next(),
                (_, None) => north.next(),
            };
            let Some(place) = next else { return best };
            // A place is at least as far away as the difference of the latitudes, and every
            // later one is farther. The extra metre absorbs rounding.
            let enough_m = best.map_or(limit_m, |(_, m)| m.min(limit_m));
            if f64::from(gap(place)) * METRES_PER_E7 > enough_m + 1.0 {
                return best;
            }
            let distance = distance_m(&from, &place.point());
            let nearer = |(best, m): (&Place, f64)| {
                distance < m || (distance <= m && place.geonames_id < best.geonames_id)
            };
            if best.is_none_or(nearer) {
                best = Some((place, distance));
            }
        }
    }
}

fn csv_rows(text: &str, columns: usize) -> Option<Vec<csv::StringRecord>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.records().collect::<Result<Vec<_>, _>>().ok()?;
    rows.iter().all(|row| row.len() == columns).then_some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_embedded_data_is_complete() {
        assert_eq!(gazetteer().places().len(), 5_911);
        assert_eq!(gazetteer().districts.len(), 2_865);
        assert_eq!(gazetteer().regions().count(), 12);
        assert_eq!(
            gazetteer()
                .places
                .iter()
                .filter(|p| p.population.is_none())
                .count(),
            528
        );
    }

    #[test]
    fn every_name_normalises_to_plain_letters() {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == ' ';
        for place in gazetteer().places() {
            for name in [&place.name, &place.county, &place.region] {
                let normalised = normalise(name);
                assert!(normalised.chars().all(is_plain), "{name}: {normalised}");
            }
        }
    }

    #[test]
    fn names_of_places_are_known_in_every_spelling() {
        for name in ["leeds", " LEEDS ", "saint helens", "King’s Lynn", "Zeals"] {
            assert!(gazetteer().is_place_name(name), "{name}");
        }
        for name in ["", "nowhere at all", "Leeds, England", "Kent", "zzz"] {
            assert!(!gazetteer().is_place_name(name), "{name}");
        }
        for place in gazetteer().places().iter().step_by(97) {
            assert!(gazetteer().is_place_name(&place.name), "{}", place.name);
        }
    }

    #[test]
    fn a_county_that_is_called_like_a_town_is_none() {
        assert_eq!(gazetteer().county("kent"), Some("Kent"));
        assert_eq!(gazetteer().county("Darlington"), None);
    }

    #[test]
    fn a_place_of_few_people_is_published_as_a_town_of_its_county() {
        // Ulley, of unknown size, lies between Rotherham and Sheffield.
        let ulley = gazetteer().by_id(2_635_194).unwrap();
        let town = gazetteer().town_of(ulley);
        assert!(town.is_town() && town.county == ulley.county, "{town:?}");
        let leeds = gazetteer().by_id(2_644_688).unwrap();
        assert_eq!(gazetteer().town_of(leeds), leeds);
        // Well known, although its size is not stated.
        let woolwich = gazetteer().by_id(2_633_583).unwrap();
        assert!(woolwich.is_town());
    }

    #[test]
    fn towns_of_unknown_size_are_in_the_gazetteer() {
        let unknown = gazetteer()
            .places()
            .iter()
            .filter(|place| place.population.is_none() && place.is_town());
        assert_eq!(unknown.count(), 64);
    }

    #[test]
    fn districts_are_found_and_postcodes_are_not() {
        assert_eq!(gazetteer().district("ls 6").unwrap().code, "LS6");
        assert!(gazetteer().district("LS6 1AA").is_none());
        assert!(gazetteer().is_postcode_area("BT"));
        assert!(!gazetteer().is_postcode_area("QQ"));
    }

    proptest! {
        #[test]
        fn the_nearest_is_the_nearest_of_all(
            latitude in 498_000_000i32..610_000_000,
            longitude in -85_000_000i32..20_000_000,
        ) {
            let from = v1::Point { latitude_e7: latitude, longitude_e7: longitude };
            let (_, found) = gazetteer().nearest(latitude, longitude).unwrap();
            let least = gazetteer().places().iter()
                .map(|place| distance_m(&from, &place.point()))
                .fold(f64::INFINITY, f64::min);
            prop_assert!((found - least).abs() < 0.001, "{found} {least}");
        }
    }
}
