//! Rules of the consent behind a story. It stays on the node, with a day by which the
//! people are asked again.

use chrono::{DateTime, Months, NaiveDate};
use hedgerow_proto::steward_v1;

use super::violations::{Violation, Violations};
use crate::name::{Collection, collection};
use crate::time::Timestamp;

/// Consent expires after this time unless the people are asked again.
const MAX_REVIEW_INTERVAL: Months = Months::new(24);
const MAX_WORDS_CHARS: usize = 1_000;

/// Checks the consent that comes with a record: required with a story, rejected with any
/// other kind. Paths begin with `consent`.
pub fn check_consent(
    collection: &Collection,
    consent: Option<&steward_v1::StoryConsent>,
    now: Timestamp,
) -> Vec<Violation> {
    let mut violations = Violations::default();
    let is_story = collection.as_str() == collection::STORY;
    match (consent, is_story) {
        (None, false) => {}
        (Some(_), false) => violations.add(
            "consent",
            "consent_not_asked",
            "Consent is recorded with a story only: leave it out here.",
        ),
        (None, true) => violations.add(
            "consent",
            "consent_required",
            "Say when the people in this story agreed to it, and by when you will ask them \
             again. This stays on your node.",
        ),
        (Some(consent), true) => check_story_consent(consent, now, &mut violations),
    }
    violations.list
}

fn check_story_consent(
    consent: &steward_v1::StoryConsent,
    now: Timestamp,
    violations: &mut Violations,
) {
    let given = parse_date(&consent.given_date);
    let review = parse_date(&consent.review_date);
    // A day of grace: it may already be tomorrow in the steward's time zone.
    let latest_given = DateTime::from_timestamp_millis(now.as_millis())
        .and_then(|now| now.date_naive().succ_opt());
    match given {
        None => violations.add(
            "consent.given_date",
            "date_malformed",
            "Give the day on which they agreed, such as 2026-03-31.",
        ),
        Some(given) if latest_given.is_some_and(|latest| given > latest) => violations.add(
            "consent.given_date",
            "date_in_future",
            "They cannot have agreed on a day that is yet to come.",
        ),
        Some(_) => {}
    }
    let latest_review = given.and_then(|given| given.checked_add_months(MAX_REVIEW_INTERVAL));
    match (review, given, latest_review) {
        (None, ..) => violations.add(
            "consent.review_date",
            "date_malformed",
            "Give the day by which you will ask them again, such as 2027-03-31.",
        ),
        (Some(review), Some(given), Some(latest)) if review <= given || review > latest => {
            violations.add(
                "consent.review_date",
                "review_out_of_range",
                "Ask them again after the day on which they agreed, within two years.",
            );
        }
        _ => {}
    }
    if consent.words.chars().count() > MAX_WORDS_CHARS {
        violations.add(
            "consent.words",
            "too_long",
            "Say it in at most 1,000 characters.",
        );
    }
}

fn parse_date(text: &str) -> Option<NaiveDate> {
    // chrono also accepts `2026-3-1`; only one form may be stored.
    let has_full_length = text.len() == "YYYY-MM-DD".len();
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|_| has_full_length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(kind: &str, consent: Option<(&str, &str)>) -> Vec<&'static str> {
        let consent = consent.map(|(given_date, review_date)| steward_v1::StoryConsent {
            given_date: given_date.to_owned(),
            review_date: review_date.to_owned(),
            words: String::new(),
        });
        let kind = Collection::parse(kind).unwrap();
        let now = "2026-06-15T12:00:00Z".parse().unwrap();
        let violations = check_consent(&kind, consent.as_ref(), now);
        violations
            .iter()
            .map(|violation| violation.reason)
            .collect()
    }

    #[test]
    fn a_story_needs_consent_and_other_kinds_must_not_have_it() {
        assert_eq!(reasons("story", None), ["consent_required"]);
        assert!(reasons("listing", None).is_empty());
        let consent = Some(("2026-03-01", "2027-03-01"));
        assert_eq!(reasons("listing", consent), ["consent_not_asked"]);
        assert!(reasons("story", consent).is_empty());
    }

    #[test]
    fn consent_is_reviewed_within_two_years() {
        assert!(reasons("story", Some(("2026-03-01", "2028-03-01"))).is_empty());
        for review in ["2028-03-02", "2026-03-01", "2025-01-01"] {
            assert_eq!(
                reasons("story", Some(("2026-03-01", review))),
                ["review_out_of_range"]
            );
        }
    }

    #[test]
    fn both_days_must_exist_and_the_first_must_be_past() {
        assert_eq!(
            reasons("story", Some(("2026-02-30", "soon"))),
            ["date_malformed", "date_malformed"]
        );
        assert_eq!(
            reasons("story", Some(("2026-07-01", "2026-12-01"))),
            ["date_in_future"]
        );
    }
}
