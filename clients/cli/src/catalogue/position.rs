//! A position in degrees, as evidence for a town. It is never published.

use hedgerow_core::gazetteer::gazetteer;
use hedgerow_core::place::distance_m;
use hedgerow_proto::v1::Point;

/// A district farther away is that of another place.
const MAX_DISTANCE_M: f64 = 15_000.0;
/// The islands and the seas around them. Other numbers are eastings and northings, or exchanged.
const LATITUDES: std::ops::Range<f64> = 49.0..61.5;
const LONGITUDES: std::ops::Range<f64> = -11.5..2.5;

/// Reads two cells, or one with both: `55.937607,-3.202816`.
///
/// # Errors
/// If they are not degrees of Britain or Ireland.
pub(super) fn read(latitude: &str, longitude: &str) -> Result<Point, &'static str> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let (Some(latitude), Some(longitude)) = (number(latitude), number(longitude)) else {
        return Err("the position is not two numbers: it was not used");
    };
    if !LATITUDES.contains(&latitude) || !LONGITUDES.contains(&longitude) {
        return Err(
            "the position is not in degrees of Britain or Ireland, latitude first: it was not used",
        );
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked degrees fit")]
    let e7 = |degrees: f64| (degrees * 1e7).round() as i32;
    Ok(Point {
        latitude_e7: e7(latitude),
        longitude_e7: e7(longitude),
    })
}

/// Reads one cell as a position; `None` if it is text about a place.
pub(super) fn read_pair(location: &str) -> Option<Result<Point, &'static str>> {
    let plain = location.trim_matches(['(', ')', '[', ']', ' ']);
    let (latitude, longitude) = plain
        .split_once([',', ';'])
        .or_else(|| plain.split_once(' '))?;
    let is_number = |text: &str| text.trim().parse::<f64>().is_ok();
    (is_number(latitude) && is_number(longitude)).then(|| read(latitude, longitude))
}

/// To about a kilometre, so that neighbours share one look-up.
pub(super) fn rounded(point: &Point) -> (i32, i32) {
    let round = |e7: i32| e7 / 100_000 * 100_000;
    (round(point.latitude_e7), round(point.longitude_e7))
}

/// The postcode district whose middle is nearest.
pub(super) fn district(point: &Point) -> Option<String> {
    let districts = gazetteer().districts();
    let by_distance = districts.map(|one| (distance_m(point, &one.point()), one));
    let (distance, nearest) = by_distance.min_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (distance <= MAX_DISTANCE_M).then(|| nearest.code.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_in_degrees_have_a_district() {
        let point = read_pair("55.937607,-3.202816")
            .expect("a pair")
            .expect("degrees");
        let district = district(&point).expect("a district");
        assert!(district.starts_with("EH"), "{district}");
        assert!(read("53.8", "-1.55").is_ok());
        for (latitude, longitude) in [("430000", "433500"), ("-1.55", "53.8"), ("53.8", "")] {
            assert!(read(latitude, longitude).is_err(), "{latitude}");
        }
        assert!(read_pair("St Mary's Hall, Leeds").is_none());
        assert!(read_pair("Leeds").is_none());
    }
}
