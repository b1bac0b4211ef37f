//! What of a question is decided document by document: plain facts, circle, times and
//! audience.

use hedgerow_core::place::distance_m;
use hedgerow_proto::v1;
use tantivy::columnar::Column;
use tantivy::{DocId, SegmentReader};

use super::audience::{AudienceQuestion, Fit};
use super::criteria::{Around, Criteria};
use super::position;
use super::schema::{AUDIENCE, AVAILABILITY, FACTS, OCCURRENCE, POINT};
use super::times::TimeQuestion;

const METRES_A_DEGREE: f64 = 111_195.0;
/// The widest circle in which the earth is taken as flat for a first look.
const FLAT_UP_TO_M: f64 = 200_000.0;
/// How far a first look may be out, in parts of the radius.
const FLAT_ERROR: f64 = 0.06;

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
    pub(crate) fn open(&self, segment: &SegmentReader) -> tantivy::Result<SegmentChecks> {
        let fast = segment.fast_fields();
        let facts = match self.facts.as_slice() {
            [] => None,
            facts => Some((facts.to_vec(), fast.u64(FACTS)?)),
        };
        let circle = match self.around {
            Some(around) => Some((Circle::of(around), fast.u64(POINT)?)),
            None => None,
        };
        let times = match &self.times {
            Some(times) => Some((
                times.clone(),
                fast.u64(OCCURRENCE)?,
                fast.u64(AVAILABILITY)?,
            )),
            None => None,
        };
        let audience = match &self.audience {
            Some(audience) => Some((audience.clone(), fast.u64(AUDIENCE)?)),
            None => None,
        };
        Ok(SegmentChecks {
            facts,
            circle,
            times,
            audience,
        })
    }
}

/// The checks on the documents of one segment.
pub(crate) struct SegmentChecks {
    facts: Option<(Vec<u64>, Column<u64>)>,
    circle: Option<(Circle, Column<u64>)>,
    times: Option<(TimeQuestion, Column<u64>, Column<u64>)>,
    audience: Option<(AudienceQuestion, Column<u64>)>,
}

impl SegmentChecks {
    /// How well a document passes. `None` where it does not.
    pub(crate) fn fit(&self, document: DocId) -> Option<Fit> {
        if let Some((asked, facts)) = &self.facts {
            let facts = facts.first(document).unwrap_or_default();
            if asked.iter().any(|any| facts & any == 0) {
                return None;
            }
        }
        if let Some((circle, points)) = &self.circle
            && !points
                .values_for_doc(document)
                .any(|packed| circle.holds(&position::unpacked(packed)))
        {
            return None;
        }
        if let Some((times, occurrences, availability)) = &self.times
            && !times.matches(
                occurrences.values_for_doc(document),
                availability.values_for_doc(document),
            )
        {
            return None;
        }
        match &self.audience {
            Some((audience, numbers)) => audience.fit(numbers.values_for_doc(document)),
            None => Some(Fit::FULL),
        }
    }
}

/// A circle with what is needed to look at many points.
struct Circle {
    around: Around,
    metres_a_degree_east: f64,
}

impl Circle {
    fn of(around: Around) -> Self {
        let latitude = f64::from(around.centre.latitude_e7) / 1e7;
        Self {
            around,
            metres_a_degree_east: METRES_A_DEGREE * latitude.to_radians().cos(),
        }
    }

    /// Whether a point lies in it. As on a flat map first: the sines and cosines of an
    /// exact distance are needed near the edge only.
    fn holds(&self, point: &v1::Point) -> bool {
        let Around { centre, radius_m } = &self.around;
        let degrees = |a: i32, b: i32| f64::from(a.abs_diff(b)) / 1e7;
        let latitude = degrees(point.latitude_e7, centre.latitude_e7);
        let east = degrees(point.longitude_e7, centre.longitude_e7);
        // Far north, and across the antimeridian, a map is no help.
        if *radius_m <= FLAT_UP_TO_M && east < 180.0 && centre.latitude_e7.abs() < 650_000_000 {
            let north_m = latitude * METRES_A_DEGREE;
            if north_m > radius_m * (1.0 + FLAT_ERROR) {
                return false;
            }
            let flat_m = north_m.hypot(east * self.metres_a_degree_east);
            if flat_m < radius_m * (1.0 - FLAT_ERROR) {
                return true;
            }
            if flat_m > radius_m * (1.0 + FLAT_ERROR) * 1.2 {
                return false;
            }
        }
        distance_m(centre, point) <= *radius_m
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_look_never_decides_otherwise_than_the_distance() {
        for latitude_e7 in [-400_000_000, 0, 499_000_000, 538_000_000, 610_000_000] {
            for radius_m in [500.0, 5_000.0, 32_187.0, 100_000.0, 199_000.0] {
                let centre = v1::Point {
                    latitude_e7,
                    longitude_e7: -15_000_000,
                };
                let circle = Circle::of(Around { centre, radius_m });
                for step in 0..2_000 {
                    let angle = f64::from(step) * 0.31;
                    let reach = radius_m * f64::from(step % 40) / 25.0;
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
