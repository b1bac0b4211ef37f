//! Points on the Earth: the published grid, distances, and degrees as text.
//!
//! Points are integers of 10⁻⁷ degree everywhere, so that two programs that round the
//! same point get the same bytes. Only distances are floating point, because they are
//! never hashed.

use hedgerow_proto::v1;

/// Height of a grid cell: 0.01° of latitude, in 10⁻⁷ degrees.
pub const CELL_LATITUDE_E7: i32 = 100_000;
/// Width of a grid cell: 0.016° of longitude, in 10⁻⁷ degrees.
pub const CELL_LONGITUDE_E7: i32 = 160_000;

const MAX_LATITUDE_E7: i32 = 900_000_000;
const MAX_LONGITUDE_E7: i32 = 1_800_000_000;

/// Mean radius of the Earth in metres (IUGG).
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Returns whether latitude and longitude are within ±90° and ±180°.
#[must_use]
pub fn is_in_range(point: &v1::Point) -> bool {
    (-MAX_LATITUDE_E7..=MAX_LATITUDE_E7).contains(&point.latitude_e7)
        && (-MAX_LONGITUDE_E7..=MAX_LONGITUDE_E7).contains(&point.longitude_e7)
}

/// Returns the centre of the grid cell (0.01° × 0.016°) that contains the point. It is
/// published instead of the point at neighbourhood precision.
///
/// Expects a point in range. The pole and the antimeridian belong to the last cell before
/// them, so that a centre is in range too.
#[must_use]
pub fn neighbourhood_centre(point: &v1::Point) -> v1::Point {
    let centre = |value: i32, cell: i32, max: i32| {
        let last = (max - 1).div_euclid(cell);
        value.div_euclid(cell).min(last) * cell + cell / 2
    };
    v1::Point {
        latitude_e7: centre(point.latitude_e7, CELL_LATITUDE_E7, MAX_LATITUDE_E7),
        longitude_e7: centre(point.longitude_e7, CELL_LONGITUDE_E7, MAX_LONGITUDE_E7),
    }
}

/// Returns whether the point is the centre of a grid cell.
#[must_use]
pub fn is_on_grid(point: &v1::Point) -> bool {
    is_in_range(point) && neighbourhood_centre(point) == *point
}

/// Returns the great-circle distance in metres (haversine).
#[must_use]
pub fn distance_m(a: &v1::Point, b: &v1::Point) -> f64 {
    let radians = |e7: i32| (f64::from(e7) / 1e7).to_radians();
    let (latitude_a, latitude_b) = (radians(a.latitude_e7), radians(b.latitude_e7));
    let half_latitude = (latitude_b - latitude_a) / 2.0;
    let half_longitude = (radians(b.longitude_e7) - radians(a.longitude_e7)) / 2.0;
    let h = half_latitude.sin().powi(2)
        + latitude_a.cos() * latitude_b.cos() * half_longitude.sin().powi(2);
    2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin()
}

/// Parses degrees as decimal text (`-2.3123`) into 10⁻⁷ degrees without floating point,
/// so that nothing is rounded. `None` for more than seven decimals or any other text.
#[must_use]
pub fn parse_degrees(text: &str) -> Option<i32> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 3
        || decimals.len() > 7
        || !is_digits(whole)
        || !is_digits(decimals)
    {
        return None;
    }
    let whole: i32 = whole.parse().ok()?;
    let decimals: i32 = format!("{decimals:0<7}").parse().ok()?;
    let value = whole.checked_mul(10_000_000)?.checked_add(decimals)?;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point(latitude_e7: i32, longitude_e7: i32) -> v1::Point {
        v1::Point {
            latitude_e7,
            longitude_e7,
        }
    }

    #[test]
    fn degrees_are_parsed_exactly() {
        assert_eq!(parse_degrees("51.08558"), Some(510_855_800));
        assert_eq!(parse_degrees("-2.9"), Some(-29_000_000));
        assert_eq!(parse_degrees("-0.00001"), Some(-100));
        assert_eq!(parse_degrees("180"), Some(1_800_000_000));
        for wrong in [
            "",
            "-",
            ".5",
            "1e3",
            "+1",
            "1.00000001",
            "999.9",
            "1.2.3",
            " 1",
            "٣",
        ] {
            assert_eq!(parse_degrees(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn cells_are_rounded_down_south_and_west_of_zero() {
        assert_eq!(neighbourhood_centre(&point(1, 1)), point(50_000, 80_000));
        assert_eq!(
            neighbourhood_centre(&point(-1, -1)),
            point(-50_000, -80_000)
        );
        assert_eq!(
            neighbourhood_centre(&point(-100_000, -160_000)),
            point(-50_000, -80_000)
        );
        assert_eq!(
            neighbourhood_centre(&point(549_783_000, -16_178_000)),
            point(549_750_000, -16_080_000 - 160_000)
        );
    }

    #[test]
    fn poles_and_antimeridian_have_a_cell() {
        assert!(is_on_grid(&neighbourhood_centre(&point(
            900_000_000,
            1_800_000_000
        ))));
        assert!(is_on_grid(&neighbourhood_centre(&point(
            -900_000_000,
            -1_800_000_000
        ))));
    }

    #[test]
    fn leeds_to_york_is_about_35_km() {
        let distance = distance_m(
            &point(537_964_800, -15_478_500),
            &point(539_576_300, -10_827_100),
        );
        assert!((35_000.0..36_000.0).contains(&distance), "{distance}");
    }

    proptest! {
        #[test]
        fn a_centre_is_its_own_centre_and_within_its_cell(
            latitude in -900_000_000i32..=900_000_000,
            longitude in -1_800_000_000i32..=1_800_000_000,
        ) {
            let from = point(latitude, longitude);
            let centre = neighbourhood_centre(&from);
            prop_assert!(is_on_grid(&centre));
            prop_assert!((i64::from(centre.latitude_e7) - i64::from(latitude)).abs() <= 50_000);
            prop_assert!((i64::from(centre.longitude_e7) - i64::from(longitude)).abs() <= 80_000);
        }
    }
}
