//! Which council's area a published point lies in, for counts and maps.

use hedgerow_proto::v1;

use crate::places::Places;
use crate::record::{Kind, Record};

/// A point that is farther from every postcode district is in another country, or at sea.
const MAX_DISTANCE_M: f64 = 40_000.0;

impl Places {
    /// Returns the council area of a point: that of the nearest postcode district, of the same
    /// region of the gazetteer if that is known. Near borders the council may be the neighbour,
    /// because a district is only known by its middle.
    #[must_use]
    pub fn council_of(&self, point: &v1::Point, region: Option<&str>) -> Option<&str> {
        let lies_in = |district: &Record| {
            !district.district.is_empty()
                && region.is_none_or(|region| district.gazetteer_region() == Some(region))
        };
        let (district, distance) = self.postcodes().nearest(point, lies_in)?;
        (distance <= MAX_DISTANCE_M).then_some(district.district.as_str())
    }

    /// Returns the names of all council areas that have a postcode district, sorted.
    #[must_use]
    pub fn councils(&self) -> Vec<&str> {
        let districts = self.postcodes().records().iter();
        let mut names: Vec<&str> = districts
            .filter(|record| record.kind == Kind::Postcode)
            .map(|record| record.district.as_str())
            .filter(|name| !name.is_empty())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_core::gazetteer::gazetteer;

    use super::*;

    fn council_of(town: &str, country: &str) -> Option<&'static str> {
        let places = gazetteer().places().iter();
        let town = places
            .filter(|place| place.name == town && place.country == country)
            .max_by_key(|place| place.population)
            .unwrap();
        Places::embedded().council_of(&town.point(), Some(&town.region))
    }

    #[test]
    fn a_towns_council_is_that_of_today() {
        for (town, country, council) in [
            ("Sheffield", "England", "Sheffield"),
            ("Huddersfield", "England", "Kirklees"),
            ("Harrogate", "England", "North Yorkshire"),
            ("Penrith", "England", "Westmorland and Furness"),
            ("Brixton", "England", "Lambeth"),
            ("Belfast", "Northern Ireland", "Belfast"),
            ("Llanelli", "Wales", "Carmarthenshire"),
            ("Lerwick", "Scotland", "Shetland Islands"),
        ] {
            assert_eq!(council_of(town, country), Some(council), "{town}");
        }
    }

    #[test]
    fn a_point_at_sea_or_abroad_is_in_no_council() {
        for (latitude, longitude) in [(48.85, 2.35), (56.0, 4.0), (0.0, 0.0), (-90.0, 180.0)] {
            let point = v1::Point {
                latitude_e7: (latitude * 1e7) as i32,
                longitude_e7: (longitude * 1e7) as i32,
            };
            assert_eq!(Places::embedded().council_of(&point, None), None);
        }
    }

    #[test]
    fn every_council_is_named_once() {
        let councils = Places::embedded().councils();
        assert_eq!(councils.len(), 361);
        assert!(councils.is_sorted_by(|one, other| one < other));
    }
}
