//! A position in degrees, as evidence for a town. It is never published.

use hedgerow_core::gazetteer::gazetteer;
use hedgerow_core::place::distance_m;
use hedgerow_places::grid_point;
use hedgerow_proto::v1::Point;

/// A district farther away is that of another place.
const MAX_DISTANCE_M: f64 = 15_000.0;
/// No land is nearer to the grid's origin; smaller numbers are kilometres, or empty cells.
const MIN_METRES: f64 = 1_000.0;
/// The islands and the seas around them.
const LATITUDES: std::ops::Range<f64> = 49.0..61.5;
const LONGITUDES: std::ops::Range<f64> = -11.5..2.5;

/// Reads two cells, or one with both: `55.937607,-3.202816`. Exchanged degrees are not those of
/// another place here.
///
/// # Errors
/// If they are not degrees of Britain or Ireland.
pub(super) fn read(latitude: &str, longitude: &str) -> Result<Point, &'static str> {
    let (Some(latitude), Some(longitude)) = (number(latitude), number(longitude)) else {
        return Err("the position is not two numbers: it was not used");
    };
    let is_exchanged = LATITUDES.contains(&longitude) && LONGITUDES.contains(&latitude);
    let (latitude, longitude) = if is_exchanged {
        (longitude, latitude)
    } else {
        (latitude, longitude)
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

/// Reads an easting and a northing in metres.
///
/// # Errors
/// If they are not on the National Grid.
pub(super) fn read_grid(easting: &str, northing: &str) -> Result<Point, &'static str> {
    let metres = |text: &str| number(text).filter(|it| *it > MIN_METRES);
    let point = metres(easting).zip(metres(northing));
    point
        .and_then(|(easting, northing)| grid_point(easting, northing))
        .ok_or("the easting and northing are not metres on the National Grid: they were not used")
}

/// `53.8`, or `53,8` where a comma is the decimal point.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    text.parse()
        .ok()
        .or_else(|| text.replacen(',', ".", 1).parse().ok())
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
        for (latitude, longitude) in [("430000", "433500"), ("0", "0"), ("53.8", "")] {
            assert!(read(latitude, longitude).is_err(), "{latitude}");
        }
        assert!(read_pair("St Mary's Hall, Leeds").is_none());
        assert!(read_pair("Leeds").is_none());
    }

    #[test]
    fn eastings_commas_and_exchanged_degrees_are_the_same_place() {
        let leeds = read("53.797", "-1.544").expect("degrees");
        assert!(read_grid("430", "433").is_err() && read_grid("", "433500").is_err());
        for point in [
            read("53,797", "-1,544"),
            read("-1.544", "53.797"),
            read_grid("430000", "433500"),
        ] {
            let point = point.expect("a position");
            assert!(distance_m(&leeds, &point) < 1_000.0, "{point:?}");
        }
    }
}
