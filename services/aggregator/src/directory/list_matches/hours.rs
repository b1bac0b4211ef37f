//! Compares when a need exists with when an offer is available.

use hedgerow_core::time::Timestamp;
use hedgerow_search::{Availability, Overlap};

use super::fit::Comparison;

/// Compares the hours. They are unknown too if the offer is available then only under a condition,
/// such as a longest use or a notice. Subtracts a step for each pair of rows; the result is unknown
/// if that is more than are left.
pub(super) fn compare_hours(
    wanted: &Availability,
    offered: &Availability,
    now: Timestamp,
    steps: &mut u64,
) -> Comparison {
    if wanted.is_empty() {
        return Comparison::NotRequired;
    }
    if offered.is_empty() {
        return Comparison::Unknown;
    }
    let pairs = (wanted.row_count() * offered.row_count()) as u64;
    let Some(left) = steps.checked_sub(pairs) else {
        return Comparison::Unknown;
    };
    *steps = left;
    let now = u64::try_from(now.as_seconds().div_euclid(60)).unwrap_or_default();
    match offered.overlap(wanted, now) {
        Overlap::Full => Comparison::Fits,
        Overlap::Maybe => Comparison::Unknown,
        Overlap::None => Comparison::Contradicts,
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_proto::v1;

    use super::*;
    use crate::directory::resource_hours::expand;

    fn compare(wanted: &v1::Resource, offered: &v1::Resource) -> Comparison {
        let now = "2026-03-20T12:00:00Z".parse().unwrap();
        let (wanted, offered) = (expand(wanted, now).0, expand(offered, now).0);
        compare_hours(&wanted, &offered, now, &mut 1_000)
    }

    fn open(weekday: v1::Weekday, opening_time: &str, closing_time: &str) -> v1::Resource {
        v1::Resource {
            availability: Some(v1::Availability {
                time_zone: "Europe/London".into(),
                weekly: vec![v1::WeeklyHours {
                    weekday: weekday.into(),
                    opening_time: opening_time.into(),
                    closing_time: closing_time.into(),
                    ..v1::WeeklyHours::default()
                }],
                ..v1::Availability::default()
            }),
            ..v1::Resource::default()
        }
    }

    fn scheduled(start: &str, rrules: Vec<String>) -> v1::Resource {
        v1::Resource {
            schedule: Some(v1::Schedule {
                start: start.into(),
                duration_minutes: 120,
                time_zone: "Europe/London".into(),
                rrules,
                ..v1::Schedule::default()
            }),
            ..v1::Resource::default()
        }
    }

    #[test]
    fn hours_must_share_an_hour_of_the_week_or_a_particular_time() {
        let (unstated, thursday) = (v1::Resource::default(), v1::Weekday::Thursday);
        let evening = open(thursday, "18:00", "21:00");
        let late = open(thursday, "20:00", "23:00");
        let friday = open(v1::Weekday::Friday, "18:00", "21:00");
        assert_eq!(compare(&evening, &late), Comparison::Fits);
        assert_eq!(compare(&evening, &friday), Comparison::Contradicts);
        assert_eq!(compare(&evening, &unstated), Comparison::Unknown);
        assert_eq!(compare(&unstated, &evening), Comparison::NotRequired);
        let once = scheduled("2026-04-02T19:00", Vec::new());
        let until_nine = open(thursday, "09:00", "21:00");
        let until_eight = open(thursday, "09:00", "20:00");
        assert_eq!(compare(&once, &until_nine), Comparison::Fits);
        assert_eq!(compare(&once, &until_eight), Comparison::Contradicts);
    }

    #[test]
    fn hours_under_a_condition_are_to_be_clarified() {
        let wanted = open(v1::Weekday::Thursday, "19:00", "21:00");
        let mut offered = open(v1::Weekday::Thursday, "18:00", "22:00");
        offered.detail = Some(v1::resource::Detail::Space(v1::Space {
            shortest_minutes: 180,
            ..v1::Space::default()
        }));
        assert_eq!(compare(&wanted, &offered), Comparison::Unknown);
        let once = scheduled("2026-03-26T19:00", Vec::new());
        let mut notice = open(v1::Weekday::Thursday, "18:00", "22:00");
        notice.notice_hours = 336;
        assert_eq!(compare(&once, &notice), Comparison::Unknown);
        assert_eq!(compare(&wanted, &notice), Comparison::Fits, "every week");
    }

    #[test]
    fn times_that_are_too_costly_are_unknown() {
        let evening = open(v1::Weekday::Thursday, "18:00", "21:00");
        let rules = vec!["FREQ=YEARLY;BYDAY=1MO;COUNT=5000".into(); 5];
        let costly = scheduled("1900-01-01T19:00", rules);
        assert_eq!(compare(&evening, &costly), Comparison::Unknown);
        let now = "2026-03-20T12:00:00Z".parse().unwrap();
        let hours = expand(&evening, now).0;
        let mut steps = 0;
        let compared = compare_hours(&hours, &hours, now, &mut steps);
        assert_eq!(compared, Comparison::Unknown);
    }
}
