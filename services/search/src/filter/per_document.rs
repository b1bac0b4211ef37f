//! What of a question is decided document by document: plain facts, circle, times and
//! audience.

use std::sync::Arc;

use hedgerow_core::place::distance_m;
use hedgerow_proto::v1;
use tantivy::DocId;

use super::audience::AudienceQuestion;
use super::audience::Fit;
use super::columns::Columns;
use super::criteria::Around;
use super::criteria::Criteria;
use super::times::TimeQuestion;

const METRES_A_DEGREE: f64 = 111_195.0;
/// The widest circle in which the earth is taken as flat for a first look.
pub(crate) const FLAT_UP_TO_M: f64 = 200_000.0;
/// How far a first look may be out, in parts of the distance: little in any case, and more
/// the wider a circle is, for meridians come closer together towards a pole.
const FLAT_ERROR: f64 = 0.002;
const FLAT_ERROR_A_METRE: f64 = 3.0e-7;

/// The part of the criteria that no term can answer.
#[derive(Clone)]
pub(crate) struct Checks {
    facts: Vec<u64>,
    around: Option<Around>,
    times: Option<TimeQuestion>,
    audience: Option<AudienceQuestion>,
}

impl Checks {
    /// Those of a question.
    pub(crate) fn of(criteria: &Criteria) -> Self {
        Self {
            facts: criteria.facts.clone(),
            around: criteria.around,
            times: criteria.times.clone(),
            audience: criteria.audience.clone(),
        }
    }

    /// The checks on one segment.
    pub(crate) fn open(&self, columns: &Arc<Columns>) -> SegmentChecks {
        SegmentChecks {
            facts: self.facts.clone(),
            circle: self.around.map(Circle::of),
            times: self.times.clone(),
            audience: self.audience.clone(),
            columns: Arc::clone(columns),
        }
    }
}

/// A document that passed.
#[derive(Clone, Copy)]
pub(crate) struct Passed {
    /// How well it is for whom it is asked for.
    pub(crate) fit: Fit,
    /// The first start that fits, in minutes since 1970, where a time is asked.
    pub(crate) next_start: Option<u64>,
}

/// The checks on the documents of one segment.
pub(crate) struct SegmentChecks {
    facts: Vec<u64>,
    circle: Option<Circle>,
    times: Option<TimeQuestion>,
    audience: Option<AudienceQuestion>,
    columns: Arc<Columns>,
}

impl SegmentChecks {
    /// How a document passes. `None` where it does not.
    pub(crate) fn pass(&self, document: DocId) -> Option<Passed> {
        let has = |any: &u64| self.columns.has_any(document, *any);
        if !self.facts.iter().all(has) {
            return None;
        }
        if let Some(circle) = &self.circle {
            let mut points = self.columns.points(document).iter();
            if !points.any(|point| circle.holds(point)) {
                return None;
            }
        }
        let mut next_start = None;
        if let Some(times) = &self.times {
            next_start = times.next_start(self.columns.occurrence.values_for_doc(document));
            let availability = || self.columns.availability.values_for_doc(document);
            if !times.matches(next_start, availability) {
                return None;
            }
        }
        let fit = match &self.audience {
            Some(audience) => audience.fit(self.columns.audience.values_for_doc(document))?,
            None => Fit::FULL,
        };
        Some(Passed { fit, next_start })
    }
}

/// A circle with what is needed to look at many points.
#[derive(Clone, Copy)]
pub(crate) struct Circle {
    around: Around,
    metres_a_degree_east: f64,
    /// Sure to be outside beyond, and inside below, on a flat map.
    outside_m: f64,
    inside_m: f64,
}

impl Circle {
    /// A circle.
    pub(crate) fn of(around: Around) -> Self {
        let latitude = f64::from(around.centre.latitude_e7) / 1e7;
        let error = FLAT_ERROR + FLAT_ERROR_A_METRE * around.radius_m;
        Self {
            outside_m: around.radius_m * (1.0 + error),
            inside_m: around.radius_m * (1.0 - error),
            around,
            metres_a_degree_east: METRES_A_DEGREE * latitude.to_radians().cos(),
        }
    }

    /// How far it reaches, in metres.
    pub(crate) fn radius_m(&self) -> f64 {
        self.around.radius_m
    }

    /// How far a point is from its centre, in metres.
    pub(crate) fn distance_m(&self, point: &v1::Point) -> f64 {
        distance_m(&self.around.centre, point)
    }

    /// What no point is nearer than, as on a flat map: without the sines and cosines of an
    /// exact distance. 0 where a map is no help.
    pub(crate) fn at_least_m(&self, point: &v1::Point) -> f64 {
        match self.flat(point) {
            Some((north_m, _)) if north_m > self.outside_m => self.around.radius_m,
            Some((north_m, east_m)) => {
                let part = self.inside_m / self.around.radius_m.max(1.0);
                north_m.hypot(east_m) * part.min(1.0)
            }
            None => 0.0,
        }
    }

    /// How far north or south of the centre, and how far east or west, on a flat map.
    /// `None` for circles that are too wide, far north, and across the antimeridian.
    fn flat(&self, point: &v1::Point) -> Option<(f64, f64)> {
        let Around { centre, radius_m } = &self.around;
        let degrees = |a: i32, b: i32| f64::from(a.abs_diff(b)) / 1e7;
        let east = degrees(point.longitude_e7, centre.longitude_e7);
        let is_flat =
            *radius_m <= FLAT_UP_TO_M && east < 180.0 && centre.latitude_e7.abs() < 650_000_000;
        is_flat.then(|| {
            let north = degrees(point.latitude_e7, centre.latitude_e7);
            (north * METRES_A_DEGREE, east * self.metres_a_degree_east)
        })
    }

    /// Whether a point lies in it. As on a flat map first: an exact distance is needed
    /// near the edge only.
    pub(crate) fn holds(&self, point: &v1::Point) -> bool {
        let radius_m = self.around.radius_m;
        if let Some((north_m, east_m)) = self.flat(point) {
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
        self.distance_m(point) <= radius_m
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_look_never_decides_otherwise_than_the_distance() {
        for latitude_e7 in [-400_000_000, 0, 538_000_000, 610_000_000, -649_000_000] {
            for radius_m in [500.0, 5_000.0, 32_187.0, 100_000.0, 199_000.0] {
                let centre = v1::Point {
                    latitude_e7,
                    longitude_e7: -15_000_000,
                };
                let circle = Circle::of(Around { centre, radius_m });
                for step in 0..2_000 {
                    let angle = f64::from(step) * 0.31;
                    // All over the circle, and close to its edge.
                    let reach = radius_m
                        * match step % 3 {
                            0 => f64::from(step % 40) / 25.0,
                            _ => 0.93 + f64::from(step % 97) / 700.0,
                        };
                    let east_m = circle.metres_a_degree_east.max(1.0);
                    let point = v1::Point {
                        latitude_e7: latitude_e7
                            + (reach * angle.sin() / METRES_A_DEGREE * 1e7) as i32,
                        longitude_e7: -15_000_000 + (reach * angle.cos() / east_m * 1e7) as i32,
                    };
                    let inside = distance_m(&centre, &point) <= radius_m;
                    assert_eq!(
                        circle.holds(&point),
                        inside,
                        "{centre:?} {point:?} {radius_m}"
                    );
                }
            }
        }
    }
}
