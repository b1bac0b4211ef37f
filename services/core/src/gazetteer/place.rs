//! Rows of the gazetteer.

use hedgerow_proto::v1;

use super::name::normalise;

/// Inhabitants of the smallest place that is shown as a town. The point of a smaller place, or of
/// one of unknown size, may be that of a few houses.
pub const MIN_TOWN_POPULATION: u32 = 500;

/// A populated place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its id at GeoNames, unique in the gazetteer.
    pub geonames_id: u64,
    /// Its name without county or region; several places may share it.
    pub name: String,
    /// England, Scotland, Wales or Northern Ireland.
    pub country: String,
    /// One of the nine English regions as the ONS names them, or the country.
    pub region: String,
    /// County or council area; may be empty.
    pub county: String,
    /// Degrees north × 10⁷.
    pub latitude_e7: i32,
    /// Degrees east × 10⁷.
    pub longitude_e7: i32,
    /// The number of inhabitants; absent if the source does not give it.
    pub population: Option<u32>,
}

impl Place {
    /// Returns whether the place may be published at town precision.
    #[must_use]
    pub fn is_town(&self) -> bool {
        self.population >= Some(MIN_TOWN_POPULATION)
    }

    /// Returns the place's own point, which is published for a place at town precision.
    #[must_use]
    pub fn point(&self) -> v1::Point {
        v1::Point {
            latitude_e7: self.latitude_e7,
            longitude_e7: self.longitude_e7,
        }
    }

    /// Returns name, county and region, without duplicates:
    /// `Newport, Isle of Wight, South East`.
    #[must_use]
    pub fn full_name(&self) -> String {
        let mut parts = vec![self.name.as_str()];
        for part in [self.county.as_str(), self.region.as_str()] {
            if !part.is_empty() && !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts.join(", ")
    }

    /// Returns whether a normalised area is the place's region, country or county, or
    /// words of its county.
    pub(super) fn is_in(&self, area: &str) -> bool {
        let county = normalise(&self.county);
        normalise(&self.region) == area
            || normalise(&self.country) == area
            || county == area
            // Spaces on both sides, so that only whole words match.
            || format!(" {county} ").contains(&format!(" {area} "))
    }
}

/// A postcode district: the first half of a postcode, such as `LS6`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct District {
    /// Upper case, without spaces.
    pub code: String,
    /// Degrees north × 10⁷ of its middle.
    pub latitude_e7: i32,
    /// Degrees east × 10⁷ of its middle.
    pub longitude_e7: i32,
    /// The region, as in [`Place::region`].
    pub region: String,
    /// The local authority (2013).
    pub local_authority: String,
    /// The name of the nearest place, to show with the code.
    pub nearest_place: String,
}

impl District {
    /// Returns the middle of the district.
    #[must_use]
    pub fn point(&self) -> v1::Point {
        v1::Point {
            latitude_e7: self.latitude_e7,
            longitude_e7: self.longitude_e7,
        }
    }
}
