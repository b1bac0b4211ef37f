//! The consent behind a story: kept on the node, with a day by which it is asked for again.

use chrono::Months;
use chrono::NaiveDate;
use hedgerow_proto::v1;

use super::Violation;
use crate::name::Collection;
use crate::name::collection;
use crate::time::Timestamp;

/// A yes is not held to for longer than this without being asked for again.
const LONGEST: Months = Months::new(24);
const WORDS_AT_MOST: usize = 1_000;

/// Judges the consent that comes with a record of a kind: required with a story, refused
/// with anything else. Paths begin with `consent`.
pub fn check_consent(
    collection: &Collection,
    consent: Option<&v1::StoryConsent>,
    now: Timestamp,
) -> Vec<Violation> {
    let violation = |field: &str, reason: &'static str, message: &str| Violation {
        field: field.to_owned(),
        reason,
        message: message.to_owned(),
        confirmable: false,
    };
    let is_story = collection.as_str() == collection::STORY;
    let consent = match (consent, is_story) {
        (None, false) => return Vec::new(),
        (Some(_), false) => {
            let message = "Consent is recorded with a story only: leave it out here.";
            return vec![violation("consent", "consent_not_asked", message)];
        }
        (None, true) => {
            let message = "Say when the people in this story agreed to it, and by when you will \
                           ask them again. This stays on your node.";
            return vec![violation("consent", "consent_required", message)];
        }
        (Some(consent), true) => consent,
    };
    let mut found = Vec::new();
    let given = date(&consent.given_on);
    let review = date(&consent.review_on);
    let today =
        chrono::DateTime::from_timestamp_millis(now.as_millis()).map(|now| now.date_naive());
    match given {
        None => found.push(violation(
            "consent.given_on",
            "date_malformed",
            "Give the day on which they agreed, such as 2026-03-31.",
        )),
        // A day of grace: it may be tomorrow already where the steward is.
        Some(given)
            if today
                .and_then(|today| today.succ_opt())
                .is_some_and(|last| given > last) =>
        {
            found.push(violation(
                "consent.given_on",
                "date_in_future",
                "They cannot have agreed on a day that is yet to come.",
            ));
        }
        Some(_) => (),
    }
    let latest = given.and_then(|given| given.checked_add_months(LONGEST));
    match (review, given, latest) {
        (None, ..) => found.push(violation(
            "consent.review_on",
            "date_malformed",
            "Give the day by which you will ask them again, such as 2027-03-31.",
        )),
        (Some(review), Some(given), Some(latest)) if review <= given || review > latest => {
            found.push(violation(
                "consent.review_on",
                "review_out_of_range",
                "Ask them again after the day on which they agreed, within two years.",
            ));
        }
        _ => (),
    }
    if consent.words.chars().count() > WORDS_AT_MOST {
        found.push(violation(
            "consent.words",
            "too_long",
            "Say it in at most 1,000 characters.",
        ));
    }
    found
}

fn date(text: &str) -> Option<NaiveDate> {
    let exact = text.len() == "YYYY-MM-DD".len();
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|_| exact)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(kind: &str, consent: Option<(&str, &str)>) -> Vec<&'static str> {
        let consent = consent.map(|(given_on, review_on)| v1::StoryConsent {
            given_on: given_on.to_owned(),
            review_on: review_on.to_owned(),
            words: String::new(),
        });
        let kind = Collection::parse(kind).unwrap();
        let now = "2026-06-15T12:00:00Z".parse().unwrap();
        let found = check_consent(&kind, consent.as_ref(), now);
        found.iter().map(|violation| violation.reason).collect()
    }

    #[test]
    fn a_story_needs_consent_and_nothing_else_has_any() {
        assert_eq!(reasons("story", None), ["consent_required"]);
        assert!(reasons("listing", None).is_empty());
        let consent = Some(("2026-03-01", "2027-03-01"));
        assert_eq!(reasons("listing", consent), ["consent_not_asked"]);
        assert!(reasons("story", consent).is_empty());
    }

    #[test]
    fn consent_is_asked_for_again_within_two_years() {
        assert!(reasons("story", Some(("2026-03-01", "2028-03-01"))).is_empty());
        for review in ["2028-03-02", "2026-03-01", "2025-01-01"] {
            assert_eq!(
                reasons("story", Some(("2026-03-01", review))),
                ["review_out_of_range"]
            );
        }
    }

    #[test]
    fn both_days_are_days_that_are_and_the_first_is_past() {
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
