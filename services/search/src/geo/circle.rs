//! Circles around a point.

use hedgerow_core::place::distance_m;
use hedgerow_proto::v1;

const METRES_PER_DEGREE: f64 = 111_195.0;
/// The widest circle that is approximated on a flat map.
pub const MAX_FLAT_RADIUS_M: f64 = 200_000.0;
/// Maximum error of the approximation, as a share of the distance. It grows with the radius,
/// because meridians converge towards a pole.
const FLAT_ERROR: f64 = 0.002;
const FLAT_ERROR_PER_METRE: f64 = 3.0e-7;
/// From this latitude on (65°), meridians converge too much for the approximation.
const MAX_FLAT_LATITUDE_E7: i32 = 650_000_000;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    pub center: v1::Point,
    pub radius_m: f64,
}

/// A circle prepared for many points. Distances on a flat map decide most points, so that only
/// those near the edge need the sines and cosines of an exact distance.
#[derive(Clone, Copy)]
pub struct FlatCircle {
    circle: Circle,
    metres_per_degree_east: f64,
    /// Flat distances above which a point is certainly outside, and below which inside.
    outside_m: f64,
    inside_m: f64,
}

impl FlatCircle {
    pub fn new(circle: Circle) -> Self {
        let latitude = f64::from(circle.center.latitude_e7) / 1e7;
        let error = FLAT_ERROR + FLAT_ERROR_PER_METRE * circle.radius_m;
        Self {
            outside_m: circle.radius_m * (1.0 + error),
            inside_m: circle.radius_m * (1.0 - error),
            circle,
            metres_per_degree_east: METRES_PER_DEGREE * latitude.to_radians().cos(),
        }
    }

    pub fn radius_m(&self) -> f64 {
        self.circle.radius_m
    }

    /// The exact distance of a point from the centre.
    pub fn distance_m(&self, point: &v1::Point) -> f64 {
        distance_m(&self.circle.center, point)
    }

    /// A lower bound on the distance of a point, from a flat map; 0 if the
    /// circle has no flat approximation.
    pub fn min_distance_m(&self, point: &v1::Point) -> f64 {
        match self.flat_offsets(point) {
            Some((north_m, _)) if north_m > self.outside_m => self.circle.radius_m,
            Some((north_m, east_m)) => {
                let share = self.inside_m / self.circle.radius_m.max(1.0);
                north_m.hypot(east_m) * share.min(1.0)
            }
            None => 0.0,
        }
    }

    /// The offsets of a point north or south, and east or west, of the centre on a flat map.
    /// `None` for circles that are too wide, too far north or south, or that cross the
    /// antimeridian.
    fn flat_offsets(&self, point: &v1::Point) -> Option<(f64, f64)> {
        let Circle { center, radius_m } = &self.circle;
        let degrees = |a: i32, b: i32| f64::from(a.abs_diff(b)) / 1e7;
        let east = degrees(point.longitude_e7, center.longitude_e7);
        let is_flat = *radius_m <= MAX_FLAT_RADIUS_M
            && east < 180.0
            && center.latitude_e7.abs() < MAX_FLAT_LATITUDE_E7;
        is_flat.then(|| {
            let north = degrees(point.latitude_e7, center.latitude_e7);
            (
                north * METRES_PER_DEGREE,
                east * self.metres_per_degree_east,
            )
        })
    }

    /// Whether a point is in the circle.
    pub fn contains(&self, point: &v1::Point) -> bool {
        if let Some((north_m, east_m)) = self.flat_offsets(point) {
            if north_m > self.outside_m {
                return false;
            }
            let flat_m = north_m.hypot(east_m);
            if flat_m < self.inside_m {
                return true;
            }
            if flat_m > self.outside_m {
                return false;
            }
        }
        self.distance_m(point) <= self.circle.radius_m
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flat_approximation_agrees_with_the_exact_distance() {
        for latitude_e7 in [-400_000_000, 0, 538_000_000, 610_000_000, -649_000_000] {
            for radius_m in [500.0, 5_000.0, 32_187.0, 100_000.0, 199_000.0] {
                let center = v1::Point {
                    latitude_e7,
                    longitude_e7: -15_000_000,
                };
                let circle = FlatCircle::new(Circle { center, radius_m });
                for step in 0..2_000 {
                    let angle = f64::from(step) * 0.31;
                    // All over the circle, and close to its edge.
                    let reach = radius_m
                        * match step % 3 {
                            0 => f64::from(step % 40) / 25.0,
                            _ => 0.93 + f64::from(step % 97) / 700.0,
                        };
                    let east_m = circle.metres_per_degree_east.max(1.0);
                    let point = v1::Point {
                        latitude_e7: latitude_e7
                            + (reach * angle.sin() / METRES_PER_DEGREE * 1e7) as i32,
                        longitude_e7: -15_000_000 + (reach * angle.cos() / east_m * 1e7) as i32,
                    };
                    let inside = distance_m(&center, &point) <= radius_m;
                    assert_eq!(
                        circle.contains(&point),
                        inside,
                        "{center:?} {point:?} {radius_m}"
                    );
                }
            }
        }
    }
}
