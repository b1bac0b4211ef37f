//! Annotated examples of every kind of document, to fill in.

use chrono::{DateTime, Datelike, Days, NaiveDate, Weekday};
use hedgerow_core::time::Timestamp;

/// The examples by name.
pub const TEMPLATES: [(&str, &str); 15] = [
    ("listing", include_str!("../templates/listing.yaml")),
    ("event", include_str!("../templates/event.yaml")),
    ("space", include_str!("../templates/space.yaml")),
    ("equipment", include_str!("../templates/equipment.yaml")),
    ("skills", include_str!("../templates/skills.yaml")),
    ("training", include_str!("../templates/training.yaml")),
    ("documents", include_str!("../templates/documents.yaml")),
    ("funding", include_str!("../templates/funding.yaml")),
    (
        "volunteer-time",
        include_str!("../templates/volunteer-time.yaml"),
    ),
    (
        "time-credits",
        include_str!("../templates/time-credits.yaml"),
    ),
    ("need", include_str!("../templates/need.yaml")),
    (
        "circumstances",
        include_str!("../templates/circumstances.yaml"),
    ),
    ("vouch", include_str!("../templates/vouch.yaml")),
    ("story", include_str!("../templates/story.yaml")),
    ("commitment", include_str!("../templates/commitment.yaml")),
];

/// An example, with its dates set relative to `now`. `None` if there is no such example.
pub fn template(name: &str, now: Timestamp) -> Option<String> {
    let (_, text) = TEMPLATES.iter().find(|(known, _)| *known == name)?;
    let today = DateTime::from_timestamp_millis(now.as_millis())?.date_naive();
    Some(with_dates(text, today))
}

/// Replaces `{{days:30}}` and `{{next:tuesday}}`, so that the dates of an example are ahead.
fn with_dates(text: &str, today: NaiveDate) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out += before;
        let Some((token, after)) = after.split_once("}}") else {
            rest = after;
            continue;
        };
        if let Some(date) = date(token, today) {
            out += &date.to_string();
        }
        rest = after;
    }
    out + rest
}

fn date(token: &str, today: NaiveDate) -> Option<NaiveDate> {
    match token.split_once(':')? {
        ("days", days) => {
            let days: i64 = days.parse().ok()?;
            let distance = Days::new(days.unsigned_abs());
            if days < 0 {
                today.checked_sub_days(distance)
            } else {
                today.checked_add_days(distance)
            }
        }
        ("next", weekday) => {
            let weekday: Weekday = weekday.parse().ok()?;
            today
                .iter_days()
                .skip(1)
                .find(|day| day.weekday() == weekday)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_core::id::GroupId;

    use super::*;
    use crate::document::parse_text;
    use crate::draft::prepare;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    #[test]
    fn every_template_passes_the_rules_of_the_protocol() {
        for (name, _) in TEMPLATES {
            let text = template(name, NOW).expect("a template");
            assert!(!text.contains("{{"), "{name}: {text}");
            let documents = parse_text(name, &text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(documents.len(), 1, "{name}");
            let document = &documents[0];
            let group = GroupId::from_bytes([1; 32]);
            if let Err(violations) = prepare(&document.kind, &document.to_draft(), &group, NOW) {
                panic!("{name}: {violations:#?}");
            }
        }
    }

    #[test]
    fn every_kind_has_a_template() {
        for (kind, _) in crate::document::KINDS {
            let has_template = TEMPLATES.iter().any(|(name, text)| {
                text.contains(&format!("\nkind: {kind}\n")) && (*name == kind || kind == "offer")
            });
            assert!(has_template, "{kind}");
        }
    }

    #[test]
    fn dates_are_relative_to_today() {
        let today = NaiveDate::from_ymd_opt(2026, 5, 27).expect("a Wednesday");
        let text = "a {{days:-1}} {{days:30}} {{next:tuesday}} {{next:wednesday}} z";
        assert_eq!(
            with_dates(text, today),
            "a 2026-05-26 2026-06-26 2026-06-02 2026-06-03 z"
        );
    }
}
