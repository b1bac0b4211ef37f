//! An area as a raster, for testing many points.

use std::collections::HashSet;

use hedgerow_core::place::distance_m;
use hedgerow_proto::v1;

use crate::places::Places;
use crate::record::{Bounds, Record};

/// Cells along each side. An area of 100 km has cells of 0.8 km, finer than its postcode
/// districts.
const CELLS: usize = 128;

/// The cells of a grid over an area's bounds whose nearest postcode district belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct AreaMask {
    bounds: Bounds,
    cells: Vec<u64>,
    /// Metres from the area's middle to its farthest corner.
    reach_m: f64,
}

impl Places {
    /// Returns the raster of an area. `None` if the record has no extent.
    #[must_use]
    pub fn mask(&self, area: &Record) -> Option<AreaMask> {
        let bounds = area.bounds?;
        let inside: HashSet<&str> = area.outcodes.iter().map(String::as_str).collect();
        let mut cells = vec![0_u64; CELLS * CELLS / 64];
        let flat = FlatPostcodes::new(self, &bounds, &inside);
        for row in 0..CELLS {
            for column in 0..CELLS {
                // Without postcode districts the bounds are all that is known.
                let (latitude, longitude) = middle(&bounds, row, column);
                if inside.is_empty() || flat.is_inside(latitude, longitude) {
                    let bit = row * CELLS + column;
                    cells[bit / 64] |= 1 << (bit % 64);
                }
            }
        }
        let corner = |latitude_e7, longitude_e7| {
            let corner = v1::Point {
                latitude_e7,
                longitude_e7,
            };
            distance_m(&area.point(), &corner)
        };
        let corners = [
            corner(bounds.south_e7, bounds.west_e7),
            corner(bounds.south_e7, bounds.east_e7),
            corner(bounds.north_e7, bounds.west_e7),
            corner(bounds.north_e7, bounds.east_e7),
        ];
        Some(AreaMask {
            bounds,
            cells,
            reach_m: corners.into_iter().fold(0.0, f64::max),
        })
    }
}

impl AreaMask {
    /// Returns whether the point's cell belongs to the area.
    #[must_use]
    pub fn contains(&self, point: &v1::Point) -> bool {
        if !self.bounds.contains(point) {
            return false;
        }
        let index = |value: i32, least: i32, most: i32| {
            let span = (i64::from(most) - i64::from(least)).max(1);
            let at = (i64::from(value) - i64::from(least)) * CELLS as i64 / span;
            (at as usize).min(CELLS - 1)
        };
        let b = &self.bounds;
        let row = index(point.latitude_e7, b.south_e7, b.north_e7);
        let column = index(point.longitude_e7, b.west_e7, b.east_e7);
        let bit = row * CELLS + column;
        self.cells[bit / 64] >> (bit % 64) & 1 == 1
    }

    /// Returns the radius of a circle around the area's middle that covers it, in metres.
    #[must_use]
    pub fn reach_m(&self) -> f64 {
        self.reach_m
    }
}

fn middle(bounds: &Bounds, row: usize, column: usize) -> (f64, f64) {
    let at = |least: i32, most: i32, index: usize| {
        let span = f64::from(most) - f64::from(least);
        f64::from(least) + span * (index as f64 + 0.5) / CELLS as f64
    };
    (
        at(bounds.south_e7, bounds.north_e7, row),
        at(bounds.west_e7, bounds.east_e7, column),
    )
}

/// Postcode districts on a plane, for comparing distances alone: a raster compares millions.
struct FlatPostcodes {
    /// North, east and whether it belongs to the area, from south to north.
    points: Vec<(f64, f64, bool)>,
    shrink: f64,
}

impl FlatPostcodes {
    fn new(places: &Places, bounds: &Bounds, inside: &HashSet<&str>) -> Self {
        let north = (f64::from(bounds.south_e7) + f64::from(bounds.north_e7)) / 2.0;
        let shrink = (north / 1e7).to_radians().cos();
        let points = places.postcodes().records().iter().map(|code| {
            (
                f64::from(code.latitude_e7),
                f64::from(code.longitude_e7) * shrink,
                inside.contains(code.name.as_str()),
            )
        });
        Self {
            points: points.collect(),
            shrink,
        }
    }

    fn is_inside(&self, latitude: f64, longitude: f64) -> bool {
        let longitude = longitude * self.shrink;
        let start = self.points.partition_point(|(north, ..)| *north < latitude);
        let (mut least, mut inside) = (f64::INFINITY, false);
        let mut consider = |index: &usize| {
            let (north, east, belongs) = self.points[*index];
            let gap = (north - latitude).powi(2);
            if gap > least {
                return false;
            }
            let distance = gap + (east - longitude).powi(2);
            if distance < least {
                (least, inside) = (distance, belongs);
            }
            true
        };
        let _ = (start..self.points.len()).take_while(&mut consider).count();
        let _ = (0..start).rev().take_while(&mut consider).count();
        inside
    }
}
