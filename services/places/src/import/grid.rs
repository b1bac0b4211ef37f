//! Eastings and northings of the National Grid of Great Britain as degrees.
//!
//! The formulas and constants are those of the Ordnance Survey's guide to coordinate systems:
//! an inverse transverse Mercator projection on the Airy ellipsoid, then a shift of the datum,
//! exact to about five metres.

use hedgerow_core::place::is_in_range;
use hedgerow_proto::v1;

/// Half axes of the ellipsoids of Airy 1830 and WGS 84, in metres.
const AIRY: (f64, f64) = (6_377_563.396, 6_356_256.909);
const WGS84: (f64, f64) = (6_378_137.0, 6_356_752.314_245);
const SCALE: f64 = 0.999_601_271_7;
const ORIGIN_LATITUDE: f64 = 49.0;
const ORIGIN_LONGITUDE: f64 = -2.0;
const FALSE_EASTING: f64 = 400_000.0;
const FALSE_NORTHING: f64 = -100_000.0;
const SECOND: f64 = std::f64::consts::PI / (180.0 * 3600.0);

/// Converts metres on the National Grid to degrees. `None` if they are outside the grid.
#[must_use]
pub fn to_point(easting: f64, northing: f64) -> Option<v1::Point> {
    let on_grid = (0.0..=700_000.0).contains(&easting) && (0.0..=1_300_000.0).contains(&northing);
    if !on_grid {
        return None;
    }
    let (latitude, longitude) = unproject(easting, northing);
    let (latitude, longitude) = shift(latitude, longitude);
    let e7 = |radians: f64| (radians.to_degrees() * 1e7).round() as i32;
    let point = v1::Point {
        latitude_e7: e7(latitude),
        longitude_e7: e7(longitude),
    };
    is_in_range(&point).then_some(point)
}

/// Degrees in radians on the Airy ellipsoid.
fn unproject(easting: f64, northing: f64) -> (f64, f64) {
    let (a, b) = AIRY;
    let e2 = 1.0 - (b * b) / (a * a);
    let n = (a - b) / (a + b);
    let origin = ORIGIN_LATITUDE.to_radians();
    let arc = |latitude: f64| {
        let (difference, sum) = (latitude - origin, latitude + origin);
        let (n2, n3) = (n * n, n * n * n);
        b * SCALE
            * ((1.0 + n + 1.25 * (n2 + n3)) * difference
                - (3.0 * (n + n2) + 2.625 * n3) * difference.sin() * sum.cos()
                + 1.875 * (n2 + n3) * (2.0 * difference).sin() * (2.0 * sum).cos()
                - 35.0 / 24.0 * n3 * (3.0 * difference).sin() * (3.0 * sum).cos())
    };
    let mut latitude = origin + (northing - FALSE_NORTHING) / (a * SCALE);
    // Three rounds reach a hundredth of a millimetre; ten always end.
    for _ in 0..10 {
        let rest = northing - FALSE_NORTHING - arc(latitude);
        if rest.abs() < 1e-5 {
            break;
        }
        latitude += rest / (a * SCALE);
    }
    let sin2 = latitude.sin().powi(2);
    let nu = a * SCALE / (1.0 - e2 * sin2).sqrt();
    let rho = a * SCALE * (1.0 - e2) / (1.0 - e2 * sin2).powf(1.5);
    let eta2 = nu / rho - 1.0;
    let tan = latitude.tan();
    let (t2, t4) = (tan * tan, tan.powi(4));
    let secant = 1.0 / latitude.cos();
    let east = easting - FALSE_EASTING;
    let north = latitude - tan / (2.0 * rho * nu) * east.powi(2)
        + tan / (24.0 * rho * nu.powi(3))
            * (5.0 + 3.0 * t2 + eta2 - 9.0 * t2 * eta2)
            * east.powi(4)
        - tan / (720.0 * rho * nu.powi(5)) * (61.0 + 90.0 * t2 + 45.0 * t4) * east.powi(6);
    let longitude = ORIGIN_LONGITUDE.to_radians() + secant / nu * east
        - secant / (6.0 * nu.powi(3)) * (nu / rho + 2.0 * t2) * east.powi(3)
        + secant / (120.0 * nu.powi(5)) * (5.0 + 28.0 * t2 + 24.0 * t4) * east.powi(5);
    (north, longitude)
}

/// From the datum of 1936 to WGS 84, through positions in space.
fn shift(latitude: f64, longitude: f64) -> (f64, f64) {
    let (a, b) = AIRY;
    let e2 = 1.0 - (b * b) / (a * a);
    let nu = a / (1.0 - e2 * latitude.sin().powi(2)).sqrt();
    let x = nu * latitude.cos() * longitude.cos();
    let y = nu * latitude.cos() * longitude.sin();
    let z = nu * (1.0 - e2) * latitude.sin();
    let scale = 1.0 - 20.4894e-6;
    let (rx, ry, rz) = (0.1502 * SECOND, 0.2470 * SECOND, 0.8421 * SECOND);
    let (x, y, z) = (
        446.448 + scale * x - rz * y + ry * z,
        -125.157 + rz * x + scale * y - rx * z,
        542.060 - ry * x + rx * y + scale * z,
    );
    let (a, b) = WGS84;
    let e2 = 1.0 - (b * b) / (a * a);
    let p = x.hypot(y);
    let mut latitude = z.atan2(p * (1.0 - e2));
    for _ in 0..5 {
        let nu = a / (1.0 - e2 * latitude.sin().powi(2)).sqrt();
        latitude = (z + e2 * nu * latitude.sin()).atan2(p);
    }
    (latitude, y.atan2(x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_point_is_converted_within_ten_metres() {
        // The trigonometric pillar of Caister Water Tower in the Ordnance Survey's guide, on
        // both datums.
        let point = to_point(651_409.903, 313_177.270).unwrap();
        assert!((point.latitude_e7 - 526_579_786).abs() < 1_000, "{point:?}");
        assert!((point.longitude_e7 - 17_160_520).abs() < 1_500, "{point:?}");
        assert_eq!(to_point(-1.0, 0.0), None);
    }
}
