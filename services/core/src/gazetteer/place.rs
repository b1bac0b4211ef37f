//! Rows of the gazetteer.

use hedgerow_proto::v1;

/// Inhabitants of the smallest place that is shown as a town. The point of a smaller place, or of
/// one of unknown size, may be that of a few houses.
pub const MIN_TOWN_POPULATION: u32 = 500;

/// Places of unknown size that are well-known towns and suburbs of thousands, by GeoNames id:
/// Port Talbot, Woolwich and so on.
const TOWNS_OF_UNKNOWN_SIZE: [u64; 64] = [
    2_633_332, 2_633_334, 2_633_583, 2_633_633, 2_633_814, 2_633_911, 2_634_812, 2_635_308,
    2_635_523, 2_635_833, 2_635_974, 2_636_520, 2_636_795, 2_637_181, 2_637_483, 2_637_901,
    2_637_968, 2_639_119, 2_639_789, 2_639_989, 2_640_056, 2_640_470, 2_641_148, 2_641_443,
    2_642_180, 2_643_222, 2_643_235, 2_643_557, 2_644_658, 2_644_963, 2_645_097, 2_645_283,
    2_645_801, 2_646_386, 2_646_523, 2_647_034, 2_647_116, 2_647_347, 2_647_567, 2_647_694,
    2_648_673, 2_648_998, 2_649_493, 2_650_430, 2_650_555, 2_650_567, 2_650_987, 2_651_866,
    2_652_262, 2_652_900, 2_654_136, 2_654_588, 2_654_922, 2_654_974, 2_655_124, 2_655_644,
    2_655_774, 3_345_233, 3_345_284, 3_345_333, 3_345_438, 6_693_205, 7_287_966, 9_409_254,
];

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
            || TOWNS_OF_UNKNOWN_SIZE
                .binary_search(&self.geonames_id)
                .is_ok()
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
