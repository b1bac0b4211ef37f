//! Protocol words in plain English.

use std::time::Duration;

use hedgerow_client::Agreement;
use hedgerow_client::Evidence;
use hedgerow_core::head::Freshness;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;

/// The voice as programs read it.
pub fn voice(voice: v1::Voice) -> &'static str {
    match voice {
        v1::Voice::Itself => "itself",
        v1::Voice::OnBehalf => "on-behalf",
        v1::Voice::Catalogued => "catalogued",
        // Only listings have a voice: whoever publishes an event speaks for itself.
        v1::Voice::Unspecified => "itself",
    }
}

/// The identity as programs read it.
pub fn identity(identity: v1::Identity) -> &'static str {
    match identity {
        v1::Identity::Domain => "domain",
        v1::Identity::Vouched => "vouched",
        v1::Identity::Unconfirmed | v1::Identity::Unspecified => "unconfirmed",
    }
}

/// The identity as people read it, of a publisher that speaks as the group itself.
pub fn identity_words(identity: v1::Identity) -> &'static str {
    match identity {
        v1::Identity::Domain => "confirmed by its website",
        v1::Identity::Vouched => "vouched for by another group",
        v1::Identity::Unconfirmed | v1::Identity::Unspecified => "says it is this group",
    }
}

/// The status of a group at a server.
pub fn status(status: v1::GroupStatus) -> &'static str {
    match status {
        v1::GroupStatus::Unspecified => "unknown",
        v1::GroupStatus::Active => "active",
        v1::GroupStatus::Pending => "pending: something is missing first",
        v1::GroupStatus::Throttled => "held back by a limit for now",
        v1::GroupStatus::Stale => "stale: its node has not signed for a while",
        v1::GroupStatus::Lapsed => "lapsed: silent for half a year, not shown",
        v1::GroupStatus::NotInvited => "not shown here: the group did not invite this server",
        v1::GroupStatus::Frozen => "frozen: two rival versions exist",
        v1::GroupStatus::Ended => "ended by the group itself",
        v1::GroupStatus::Excluded => "excluded by whoever runs this server",
    }
}

/// Where a group stands at a server, with the server's reason.
pub fn standing(admission: &v1::Admission) -> String {
    let mut words = status(admission.status()).to_owned();
    if !admission.reason.is_empty() {
        words = format!("{words}: {}", admission.reason);
    }
    if admission.unconfirmed {
        words.push_str(
            "; unconfirmed: the server was restored from a backup and has not heard from it since",
        );
    }
    words
}

/// The status as programs read it: `active`, `not-invited`.
pub fn status_name(status: v1::GroupStatus) -> String {
    match status {
        v1::GroupStatus::Unspecified => "unknown".to_owned(),
        known => known
            .as_str_name()
            .trim_start_matches("GROUP_STATUS_")
            .to_ascii_lowercase()
            .replace('_', "-"),
    }
}

/// What went wrong with a server, without its address at the start where that stands
/// before it already.
pub fn without_address<'a>(address: &str, why: &'a str) -> &'a str {
    let authority = address.trim_start_matches("https://");
    why.strip_prefix(address)
        .or_else(|| why.strip_prefix(authority))
        .map_or(why, |rest| rest.trim_start_matches([' ', ':']))
}

/// A length of time, in its largest unit: `3 minutes`.
pub fn length(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (count, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        3_600..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// A text of somebody else as part of a line.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A count with its noun: `1 record`, `2 records`.
pub fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// How old a head is, and whether it still holds.
pub fn head_age(evidence: &Evidence, now: Timestamp) -> String {
    let age = length(evidence.head_age(now));
    match evidence.freshness(now) {
        Freshness::Fresh => format!("signed {age} ago"),
        Freshness::Stale => format!("signed {age} ago and expired since: it may be out of date"),
        Freshness::Lapsed | Freshness::Erasable => {
            format!("signed {age} ago: the group has been silent for a long time")
        }
    }
}

/// How many sources agree, where more than one was asked.
pub fn agreement(agreement: Agreement) -> String {
    let Agreement {
        asked,
        answered,
        agreed,
        newer,
    } = agreement;
    let silent = match asked.saturating_sub(answered) {
        0 => String::new(),
        silent => format!(", {silent} gave none to compare"),
    };
    match (asked, newer) {
        (..=1, _) => "one source asked".to_owned(),
        (_, 0) => format!("{agreed} of {asked} sources hold the same head{silent}"),
        (_, _) => format!(
            "{agreed} of {asked} sources hold the same head{silent}, {newer} a newer one: this is \
             not the newest"
        ),
    }
}

/// Where a catalogued listing was found: title and section.
pub fn source(source: &v1::Source) -> String {
    if source.section.is_empty() {
        source.title.clone()
    } else {
        format!("{}, {}", source.title, source.section)
    }
}

/// The date of a source as far as it is known. `None` where it is undated.
pub fn source_date(source: &v1::Source) -> Option<String> {
    if !source.date.is_empty() {
        Some(source.date.clone())
    } else if source.recorded_year > 0 {
        Some(source.recorded_year.to_string())
    } else {
        None
    }
}

/// What is said of every catalogued listing.
pub fn recorded(source: &v1::Source) -> String {
    match source.recorded_year {
        0 => "recorded in an undated source; may no longer exist".to_owned(),
        year => format!("recorded in {year}; may no longer exist"),
    }
}

/// A distance as people in Britain read it.
pub fn miles(metres: f64) -> String {
    format!("{:.1} miles", metres / 1_609.344)
}

/// A short form of an id, for people to tell apart.
pub fn short(id: &impl ToString) -> String {
    let id = id.to_string();
    id.get(..12).unwrap_or(&id).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_source_is_not_passed_over() {
        let mut agreement = Agreement {
            asked: 1,
            answered: 1,
            agreed: 1,
            newer: 0,
        };
        assert_eq!(super::agreement(agreement), "one source asked");
        agreement.asked = 2;
        assert_eq!(
            super::agreement(agreement),
            "1 of 2 sources hold the same head, 1 gave none to compare"
        );
        agreement.answered = 2;
        agreement.agreed = 2;
        assert_eq!(
            super::agreement(agreement),
            "2 of 2 sources hold the same head"
        );
    }

    #[test]
    fn programs_read_plain_words() {
        assert_eq!(status_name(v1::GroupStatus::Active), "active");
        assert_eq!(status_name(v1::GroupStatus::NotInvited), "not-invited");
        assert_eq!(status_name(v1::GroupStatus::Unspecified), "unknown");
    }

    #[test]
    fn an_address_is_said_once() {
        let why = "127.0.0.1:1 cannot be reached: Connection refused";
        assert_eq!(
            without_address("https://127.0.0.1:1", why),
            "cannot be reached: Connection refused"
        );
        assert_eq!(without_address("https://127.0.0.1:1", "other"), "other");
    }

    #[test]
    fn lengths_and_counts_are_plain_english() {
        assert_eq!(length(Duration::from_secs(1)), "1 second");
        assert_eq!(length(Duration::from_secs(150)), "2 minutes");
        assert_eq!(length(Duration::from_secs(86_400)), "24 hours");
        assert_eq!(length(Duration::from_secs(3 * 86_400)), "3 days");
        assert_eq!(count(1, "record"), "1 record");
        assert_eq!(count(0, "record"), "0 records");
    }

    #[test]
    fn a_catalogued_listing_is_never_said_to_exist() {
        let mut source = v1::Source {
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
