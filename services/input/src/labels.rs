//! The protocol's values in plain English.

use std::fmt::Display;
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime};
use hedgerow_core::head::Freshness;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1::{Identity, MatchAspect, UseCondition, UseState};
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_proto::ingest_v1::Admission;
use hedgerow_proto::v1::{Source, Voice};

use hedgerow_proto::words::word;

pub(crate) const METRES_A_MILE: f64 = 1_609.344;

/// The voice as programs read it.
pub fn voice_word(voice: Voice) -> String {
    match voice {
        // Only listings have a voice. Other records speak for their publisher.
        Voice::Unspecified => word(Voice::Itself),
        voice => word(voice),
    }
}

/// The identity as programs read it.
pub fn identity_word(identity: Identity) -> String {
    match identity {
        Identity::Unspecified => word(Identity::Unconfirmed),
        identity => word(identity),
    }
}

/// The identity of a publisher that speaks as the group itself.
pub fn identity(identity: Identity) -> &'static str {
    match identity {
        Identity::Domain => "confirmed by its website",
        Identity::Vouched => "vouched for by another group",
        Identity::Unconfirmed | Identity::Unspecified => {
            "published by the group itself (not verified)"
        }
    }
}

/// The status as programs read it: `active`, `not-invited`.
pub fn status_word(status: GroupStatus) -> String {
    match status {
        GroupStatus::Unspecified => "unknown".to_owned(),
        status => word(status),
    }
}

pub fn status(status: GroupStatus) -> &'static str {
    match status {
        GroupStatus::Unspecified => "unknown",
        GroupStatus::Active => "active",
        GroupStatus::Pending => "pending: something is missing first",
        GroupStatus::Throttled => "throttled: a limit delays its changes",
        GroupStatus::Stale => "stale: its node has not signed for a while",
        GroupStatus::Lapsed => "lapsed: silent for half a year, not shown",
        GroupStatus::NotInvited => "not shown here: the group did not invite this server",
        GroupStatus::Frozen => "frozen: two rival versions exist",
        GroupStatus::Ended => "ended by the group itself",
        GroupStatus::Excluded => "excluded by the people who run this server",
    }
}

/// A group's status at a server, with the server's reason.
pub fn admission(admission: &Admission) -> String {
    let mut label = status(admission.status()).to_owned();
    if !admission.reason.is_empty() {
        label = format!("{label}: {}", admission.reason);
    }
    if admission.unconfirmed {
        label += "; unconfirmed: the server was restored from a backup and has not received the \
                  group's head since";
    }
    label
}

/// A point on which a match fits, or that its two groups have to settle.
pub fn match_aspect(aspect: MatchAspect) -> &'static str {
    match aspect {
        MatchAspect::Unspecified => "an aspect that this version cannot show",
        MatchAspect::Kind => "what is wanted",
        MatchAspect::Distance => "near enough",
        MatchAspect::Online => "available online",
        MatchAspect::Capacity => "big enough",
        MatchAspect::Price => "the price",
        MatchAspect::Accessibility => "access",
        MatchAspect::Availability => "the times",
        MatchAspect::Features => "what is in it",
        MatchAspect::Subject => "what it is about",
        MatchAspect::Requirements => "what a borrower must have",
        MatchAspect::WhoFor => "which groups may have it",
    }
}

/// Whether a space is free, as programs read it; `None` if that was not requested.
pub fn use_state_word(state: UseState) -> Option<&'static str> {
    match state {
        UseState::Unspecified => None,
        UseState::Free => Some("free"),
        UseState::Ask => Some("ask"),
    }
}

/// A condition to settle before a space can be used, as programs read it.
pub fn use_condition_word(condition: UseCondition) -> &'static str {
    match condition {
        UseCondition::Unspecified => "other",
        UseCondition::Shortest => "shortest",
        UseCondition::Notice => "notice",
        UseCondition::BookAhead => "book_ahead",
        UseCondition::PublicHoliday => "public_holiday",
        UseCondition::Words => "words",
    }
}

/// A condition to settle before a space can be used, after "ask them:".
pub fn use_condition(condition: UseCondition) -> &'static str {
    match condition {
        UseCondition::Unspecified => "a condition that this version cannot show",
        UseCondition::Shortest => "it is only let for longer",
        UseCondition::Notice => "they need more notice",
        UseCondition::BookAhead => "that is further ahead than they book",
        UseCondition::PublicHoliday => "that is a public holiday, or may be one",
        UseCondition::Words => "their words limit these hours",
    }
}

/// A local time, or only its time of day if it is on the same day as another.
pub fn local_time_after(start: &str, end: &str) -> String {
    match (start.split_once('T'), end.split_once('T')) {
        (Some((day, _)), Some((same, time))) if day == same => time.to_owned(),
        _ => local_time(end),
    }
}

/// A UTC time of the protocol as its day: `1 March 2019`.
pub fn day(time: Timestamp) -> String {
    let utc = DateTime::from_timestamp_millis(time.as_millis()).unwrap_or_default();
    utc.format("%-d %B %Y").to_string()
}

/// An error without the server's address at its start, for a line that begins with the
/// address already.
pub fn without_address<'a>(address: &str, error: &'a str) -> &'a str {
    let authority = address.trim_start_matches("https://");
    error
        .strip_prefix(address)
        .or_else(|| error.strip_prefix(authority))
        .map_or(error, |rest| rest.trim_start_matches([' ', ':']))
}

/// A duration in its largest unit: `3 minutes`.
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (number, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        3_600..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

/// Somebody else's text within a line of ours: without it, they could write whole lines
/// that look like ours.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A number with its noun: `1 record`, `2 records`.
pub fn count<N: Copy + Display + PartialEq + From<u8>>(number: N, noun: &str) -> String {
    let plural = if number == N::from(1) { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// A head's age, with a warning if it has expired.
pub fn head_age(age: Duration, freshness: Freshness) -> String {
    let age = duration(age);
    match freshness {
        Freshness::Fresh => format!("signed {age} ago"),
        Freshness::Stale => format!("signed {age} ago and expired since: it may be out of date"),
        Freshness::Lapsed | Freshness::Erasable => {
            format!("signed {age} ago: the group has been silent for a long time")
        }
    }
}

/// The source of a catalogued listing: title and section.
pub fn source(source: &Source) -> String {
    if source.section.is_empty() {
        source.title.clone()
    } else {
        format!("{}, {}", source.title, source.section)
    }
}

/// The date of a source, or else its year. `None` if it is undated.
pub fn source_date(source: &Source) -> Option<String> {
    if !source.date.is_empty() {
        Some(source.date.clone())
    } else if source.recorded_year > 0 {
        Some(source.recorded_year.to_string())
    } else {
        None
    }
}

/// The warning on every catalogued listing.
pub fn recorded(source: &Source) -> String {
    match source.recorded_year {
        0 => "recorded in an undated source; may no longer exist".to_owned(),
        year => format!("recorded in {year}; may no longer exist"),
    }
}

/// A distance in miles, which people in Britain use on the road.
pub fn miles(metres: f64) -> String {
    format!("{:.1} miles", metres / METRES_A_MILE)
}

/// `2026-11-25T10:30` as people write it. Other text is returned as it is.
pub fn local_time(local: &str) -> String {
    NaiveDateTime::parse_from_str(local, "%Y-%m-%dT%H:%M").map_or_else(
        |_| local.to_owned(),
        |time| time.format("%a %-d %B %Y, %H:%M").to_string(),
    )
}

/// How exactly a place is shown, by the word of its precision. Another word is returned as it is.
pub fn precision(word: &str) -> &str {
    match word {
        "exact" => "the exact place is shown",
        "neighbourhood" => "shown to within about a kilometre",
        "town" => "only the town is shown",
        "region" => "only the region is shown",
        "hidden" => "not shown",
        other => other,
    }
}

/// The first 12 digits of an id or a hash: enough to distinguish a few on a screen, never
/// enough to identify one.
pub fn short(id: &impl ToString) -> String {
    let id = id.to_string();
    id.get(..12).unwrap_or(&id).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_read_plain_words() {
        assert_eq!(status_word(GroupStatus::Active), "active");
        assert_eq!(status_word(GroupStatus::NotInvited), "not-invited");
        assert_eq!(status_word(GroupStatus::Unspecified), "unknown");
        assert_eq!(voice_word(Voice::OnBehalf), "on-behalf");
        assert_eq!(voice_word(Voice::Unspecified), "itself");
        assert_eq!(identity_word(Identity::Unspecified), "unconfirmed");
    }

    #[test]
    fn an_address_is_printed_once() {
        let error = "127.0.0.1:1 cannot be reached: Connection refused";
        assert_eq!(
            without_address("https://127.0.0.1:1", error),
            "cannot be reached: Connection refused"
        );
        assert_eq!(without_address("https://127.0.0.1:1", "other"), "other");
    }

    #[test]
    fn durations_counts_and_times_are_plain_english() {
        assert_eq!(duration(Duration::from_secs(1)), "1 second");
        assert_eq!(duration(Duration::from_secs(150)), "2 minutes");
        assert_eq!(duration(Duration::from_secs(86_400)), "24 hours");
        assert_eq!(duration(Duration::from_secs(3 * 86_400)), "3 days");
        assert_eq!(count(1, "record"), "1 record");
        assert_eq!(count(0, "record"), "0 records");
        assert_eq!(
            local_time("2026-11-25T10:30"),
            "Wed 25 November 2026, 10:30"
        );
        assert_eq!(local_time("soon"), "soon");
        let until = |end| local_time_after("2026-11-27T22:00", end);
        assert_eq!(until("2026-11-27T23:30"), "23:30");
        assert_eq!(until("2026-11-28T02:00"), "Sat 28 November 2026, 02:00");
        assert_eq!(day(Timestamp::from_seconds(0)), "1 January 1970");
    }

    #[test]
    fn a_catalogued_listing_may_no_longer_exist() {
        let mut source = Source {
            title: "A report".to_owned(),
            recorded_year: 2013,
            ..Default::default()
        };
        assert_eq!(recorded(&source), "recorded in 2013; may no longer exist");
        source.recorded_year = 0;
        assert!(recorded(&source).ends_with("may no longer exist"));
        assert_eq!(source_date(&source), None);
    }
}
