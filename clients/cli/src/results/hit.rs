//! A hit of a search, with what its record says once that is checked.

use std::time::Duration;

use hedgerow_client::{Record, SearchResult, Verified};
use hedgerow_core::head::Freshness;
use hedgerow_core::recurrence::{Budget, Occurrence, next_occurrence, schedule_occurrences_within};
use hedgerow_core::rules::RecordBody;
use hedgerow_core::summary::{Summary, SummaryPlace, over_since};
use hedgerow_core::time::Timestamp;
use hedgerow_input::labels;
use hedgerow_proto::directory_v1::{AreaMatch, Identity, SearchHit, UseCondition};
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_proto::v1::{ActivityState, EventStatus, Schedule, Source};
use serde::{Serialize, Serializer};

use super::snippet;
use super::snippet::{CharRange, Highlight};
use hedgerow_input::next_times::{last_time, local_end};

/// The `area_match` of a hit that serves all of its place.
const SERVES: &str = "serves";
/// After this, a "still right" is old.
const YEAR: Duration = Duration::from_hours(365 * 24);

/// A hit of a search. Serialised, it is an object of `search --json`.
///
/// Without a check all of it is the aggregator's word. A check replaces what the record
/// says itself; `publisher_name`, `distance_km`, `area_match`, `identity`, `next_start`, `use_state` and
/// `snippet` stay the aggregator's word.
#[derive(Clone, Debug, Serialize)]
pub struct Hit {
    pub group_id: String,
    pub publisher_name: String,
    pub collection: String,
    pub key: String,
    pub title: String,
    /// No finer than published.
    pub place: Option<String>,
    pub distance_km: Option<f64>,
    /// Without a place inside the area that was searched in, `place` is an area: `serves` all of
    /// it, or is somewhere `within`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_match: Option<&'static str>,
    /// `itself`, `on-behalf` or `catalogued`.
    pub voice: String,
    /// Of a catalogued listing: title and section.
    pub source: Option<String>,
    pub source_date: Option<String>,
    /// How the publisher's identity is confirmed.
    pub identity: String,
    /// When a person last said "still right".
    pub confirm_time: Option<String>,
    /// The age of the head's signature, in seconds.
    pub head_age_s: Option<u64>,
    /// Whether the record's bytes are in the tree of a head that the publisher's key
    /// signed. `null` if that was not checked.
    pub unaltered: Option<bool>,
    /// The reason for a failed check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sources: Option<Sources>,
    /// The start of the next occurrence of an event, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_start: Option<String>,
    /// The part of its text that matches best.
    pub snippet: String,
    /// The matching ranges of characters of the snippet.
    highlights: Vec<CharRange>,
    /// The snippet with its matches marked. `None` if nothing matches, or if the record
    /// does not contain the snippet.
    #[serde(skip)]
    pub(super) marked_snippet: Option<String>,
    /// The record, if it was checked.
    #[serde(skip)]
    pub record: Option<Verified<Record>>,
    /// Of a catalogued listing.
    #[serde(skip)]
    pub(super) listed_source: Option<Source>,
    #[serde(skip)]
    pub publisher_identity: Identity,
    /// What to know first: cancelled, paused, closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// The start of the next occurrence in the event's time zone, `YYYY-MM-DDTHH:MM`.
    pub next_local: Option<String>,
    /// The end of that occurrence, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_local_end: Option<String>,
    /// Since when it is over, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_since: Option<String>,
    /// Whether it is free at the time of `--free-at`: `free` or `ask`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_state: Option<&'static str>,
    /// What to ask about, with `ask`.
    #[serde(
        skip_serializing_if = "Vec::is_empty",
        serialize_with = "serialize_conditions"
    )]
    pub use_conditions: Vec<UseCondition>,
    /// The start of the last occurrence of an event that is over, likewise.
    pub last_local: Option<String>,
    /// The group's website, if the record names it.
    pub website: Option<String>,
    /// A role's address for questions, with its purpose.
    pub contact: Option<String>,
    /// Other listings of the same organisation, by the aggregator's word.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub same_organisation: Vec<Hit>,
    /// Whether it is of the same organisation as the hit before it.
    #[serde(skip)]
    is_same_organisation: bool,
    /// Whether the last "still right" is more than a year ago.
    #[serde(skip)]
    pub(super) is_old: bool,
    /// Whether the head has expired.
    #[serde(skip)]
    pub(super) is_stale: bool,
}

/// How many sources returned which head.
#[derive(Clone, Debug, Serialize)]
pub struct Sources {
    queried: u32,
    responded: u32,
    agreed: u32,
    newer: u32,
}

fn serialize_conditions<S: Serializer>(
    conditions: &[UseCondition],
    to: S,
) -> Result<S::Ok, S::Error> {
    to.collect_seq(
        conditions
            .iter()
            .map(|one| labels::use_condition_word(*one)),
    )
}

impl Hit {
    /// Its place in words: of a hit without a place inside the area that was searched in, how
    /// the area that it states belongs to it.
    pub(super) fn place_words(&self) -> Option<String> {
        let place = self.place.as_deref()?;
        Some(match self.area_match {
            Some(SERVES) => format!("covers the whole of {place}"),
            Some(_) => format!("somewhere in {place}"),
            None => place.to_owned(),
        })
    }

    /// A hit on the aggregator's word alone.
    pub fn unchecked(hit: &SearchHit, now: Timestamp) -> Self {
        let age = hit
            .head_issue_time
            .and_then(|issued| Timestamp::try_from(issued).ok())
            .map(|issued| now.since(issued).as_secs());
        let highlights: Vec<_> = hit
            .highlights
            .iter()
            .map(|range| Highlight {
                start: range.start,
                end: range.end,
            })
            .collect();
        Self {
            group_id: hex::encode(&hit.group_id),
            publisher_name: hit.publisher_name.clone(),
            collection: hit.collection.clone(),
            key: hit.key.clone(),
            title: hit.title.clone(),
            place: Some(hit.place.clone()).filter(|place| !place.is_empty()),
            distance_km: hit
                .distance_m
                .map(|metres| (f64::from(metres) / 10.0).round() / 100.0),
            area_match: match hit.area_match() {
                AreaMatch::Serves => Some(SERVES),
                AreaMatch::Within => Some("within"),
                AreaMatch::Unspecified => None,
            },
            voice: labels::voice_word(hit.voice()),
            source: hit.source.as_ref().map(labels::source),
            source_date: hit.source.as_ref().and_then(labels::source_date),
            identity: labels::identity_word(hit.identity()),
            confirm_time: hit.confirm_time.and_then(to_text),
            head_age_s: age,
            unaltered: None,
            check_error: None,
            sources: None,
            next_start: hit.next_start_time.and_then(to_text),
            snippet: hit.snippet.clone(),
            marked_snippet: snippet::mark(&hit.snippet, &highlights),
            highlights: snippet::char_ranges(&hit.snippet, &highlights),
            record: None,
            listed_source: hit.source.clone(),
            publisher_identity: hit.identity(),
            state: None,
            next_local: None,
            next_local_end: None,
            over_since: hit.over_since_time.and_then(to_text),
            use_state: labels::use_state_word(hit.use_state()),
            use_conditions: hit.use_conditions().collect(),
            last_local: None,
            website: None,
            contact: None,
            same_organisation: Vec::new(),
            is_same_organisation: hit.is_same_organisation,
            is_old: hit
                .confirm_time
                .and_then(|time| Timestamp::try_from(time).ok())
                .is_some_and(|time| now.since(time) > YEAR),
            is_stale: hit.status() == GroupStatus::Stale,
        }
    }

    /// A hit with its record. Values in the record replace those of the aggregator. `None`
    /// if the record was taken back in the meantime.
    pub fn checked(result: SearchResult, now: Timestamp) -> Option<Self> {
        let mut hit = Self::unchecked(result.hit.as_claimed(), now);
        match result.record {
            Ok(record) => {
                hit.replace_by(&record, now);
                hit.record = Some(record);
            }
            Err(error) if error.is_not_found() => return None,
            Err(error) => {
                hit.unaltered = error.is_verification().then_some(false);
                hit.marked_snippet = None;
                hit.check_error = Some(error.reason().to_owned());
            }
        }
        Some(hit)
    }

    fn replace_by(&mut self, record: &Verified<Record>, now: Timestamp) {
        let evidence = record.evidence();
        let agreement = evidence.agreement();
        self.unaltered = Some(true);
        self.is_stale = evidence.freshness(now) != Freshness::Fresh;
        self.head_age_s = Some(evidence.head_age(now).as_secs());
        self.sources = Some(Sources {
            queried: agreement.queried,
            responded: agreement.responded,
            agreed: agreement.agreed,
            newer: agreement.newer,
        });
        let message = record.value().message();
        let body = RecordBody::parse(&self.collection, &message.body).ok();
        let summary = body.as_ref().and_then(Summary::from_body);
        let (Some(body), Some(summary)) = (body, summary) else {
            // An unknown kind: nothing in it can be compared with the snippet.
            self.marked_snippet = None;
            return;
        };
        if !snippet::is_in(&summary, &self.snippet) {
            self.marked_snippet = None;
        }
        self.state = state_of(&body);
        let next = self.next_occurrence(&body, now);
        self.next_local_end = next.as_ref().and_then(|(next, zone)| local_end(next, zone));
        self.next_local = next.map(|(next, _)| next.local_start);
        self.over_since = over_since(&summary, now).map(|time| time.to_string());
        self.last_local = self.last_local_start(&body, now);
        self.website.clone_from(&summary.website);
        self.contact = contact_of(&body);
        self.is_old = summary
            .confirm_time
            .is_some_and(|time| now.since(time) > YEAR);
        let places = || summary.places.iter().chain(&summary.areas_served);
        if places().any(|place| shown_name(place).is_some() && shown_name(place) == self.place) {
            // The distance is that of this one of the record's places.
        } else if let Some(place) = places().next().and_then(shown_name) {
            self.place = Some(place);
            // The aggregator's distance is not that of a place in the record.
            (self.distance_km, self.area_match) = (None, None);
        } else if summary.online {
            self.place = Some("online".to_owned());
        }
        self.voice = labels::voice_word(summary.voice.unwrap_or_default());
        self.source = summary.source.as_ref().map(labels::source);
        self.source_date = summary.source.as_ref().and_then(labels::source_date);
        self.confirm_time = summary.confirm_time.map(|time| time.to_string());
        self.title = summary.title;
        self.listed_source = summary.source;
    }

    /// The next occurrence by the record's own schedule. It is the one that the aggregator
    /// names, which fits the filters, if the schedule has it.
    fn next_occurrence<'a>(
        &self,
        body: &'a RecordBody,
        now: Timestamp,
    ) -> Option<(Occurrence, &'a str)> {
        let named = self.next_start.as_deref();
        let named: Option<Timestamp> = named.and_then(|text| text.parse().ok());
        // One for all schedules: a hostile listing may have dozens, each too costly by itself.
        let budget = Budget::default();
        let named_in = |schedule: &'a Schedule| {
            let start = named?;
            let minute = start.plus(Duration::from_secs(60));
            let occurrences =
                schedule_occurrences_within(schedule, start, minute, usize::MAX, &budget).ok()?;
            let occurrence = occurrences.into_iter().find(|one| one.start == start)?;
            Some((occurrence, schedule.time_zone.as_str()))
        };
        match body {
            RecordBody::Event(event) => {
                let schedule = event.schedule.as_ref()?;
                named_in(schedule).or_else(|| {
                    let next = next_occurrence(event, now).ok().flatten();
                    Some((next?, schedule.time_zone.as_str()))
                })
            }
            RecordBody::Listing(listing) => listing.schedules.iter().find_map(named_in),
            _ => None,
        }
    }

    /// The last start of an event that has no next one.
    fn last_local_start(&self, body: &RecordBody, now: Timestamp) -> Option<String> {
        match body {
            RecordBody::Event(event) if self.next_local.is_none() && self.state.is_none() => {
                last_time(event.schedule.as_ref()?, now)
            }
            _ => None,
        }
    }

    /// The hit, then the other listings of its organisation.
    pub fn with_same_organisation(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.same_organisation)
    }

    /// Whether a check of it or of another listing of its organisation failed or could not be
    /// made.
    pub fn has_failed(&self) -> bool {
        let mut all = self.with_same_organisation();
        all.any(|hit| hit.check_error.is_some())
    }

    /// Its name for `hedgerow show`: `GROUP/KIND/KEY`.
    pub fn full_name(&self) -> String {
        format!("{}/{}/{}", self.group_id, self.collection, self.key)
    }
}

/// Puts each hit that is of the same organisation as the one before it into that one.
pub fn group_by_organisation(hits: impl IntoIterator<Item = Hit>) -> Vec<Hit> {
    let mut grouped: Vec<Hit> = Vec::new();
    for hit in hits {
        match grouped.last_mut() {
            Some(first) if hit.is_same_organisation => first.same_organisation.push(hit),
            _ => grouped.push(hit),
        }
    }
    grouped
}

/// The first contact of a record: address, and what for.
fn contact_of(body: &RecordBody) -> Option<String> {
    let contacts = match body {
        RecordBody::Event(event) => &event.contacts,
        RecordBody::Listing(listing) => &listing.contacts,
        RecordBody::Offer(offer) => &offer.contacts,
        RecordBody::Need(need) => &need.contacts,
        _ => return None,
    };
    let first = contacts.first()?;
    Some(match first.label.as_str() {
        "" => first.value.clone(),
        label => format!("{} ({label})", first.value),
    })
}

/// A time of the protocol in RFC 3339. `None` if it is out of bounds.
pub fn to_text(time: prost_types::Timestamp) -> Option<String> {
    Timestamp::try_from(time).ok().map(|time| time.to_string())
}

fn state_of(body: &RecordBody) -> Option<&'static str> {
    match body {
        RecordBody::Listing(listing) => match listing.activity_state() {
            ActivityState::Paused => Some("paused"),
            ActivityState::Closed => Some("closed"),
            ActivityState::Active | ActivityState::Unspecified => None,
        },
        RecordBody::Event(event) => match event.status() {
            EventStatus::Cancelled => Some("cancelled"),
            EventStatus::Postponed => Some("postponed"),
            EventStatus::Planned | EventStatus::Unspecified => None,
        },
        _ => None,
    }
}

/// A place by its name, or else by its region.
fn shown_name(place: &SummaryPlace) -> Option<String> {
    let region = place.regions.first().map(|region| region.name.clone());
    Some(place.name.clone())
        .filter(|name| !name.is_empty())
        .or(region)
}

#[cfg(test)]
mod tests {
    use hedgerow_proto::v1::Listing;

    use super::*;

    fn schedule(start: &str, rules: usize) -> Schedule {
        Schedule {
            start: start.to_owned(),
            duration_minutes: 60,
            time_zone: "Europe/London".to_owned(),
            rrules: vec!["FREQ=YEARLY;BYDAY=1MO;COUNT=5000".to_owned(); rules],
            ..Schedule::default()
        }
    }

    #[test]
    fn the_schedules_of_a_hit_share_one_budget() {
        let hit = Hit {
            next_start: Some("2026-04-02T18:00:00Z".to_owned()),
            ..Hit::unchecked(&SearchHit::default(), Timestamp::from_seconds(0))
        };
        let next_local = |costly: usize| {
            let mut schedules = vec![schedule("1900-01-01T19:00", 5); costly];
            schedules.push(schedule("2026-04-02T19:00", 0));
            let body = RecordBody::Listing(Box::new(Listing {
                schedules,
                ..Listing::default()
            }));
            let next = hit.next_occurrence(&body, Timestamp::from_seconds(0));
            next.map(|(next, _)| next.local_start)
        };
        assert_eq!(next_local(0).as_deref(), Some("2026-04-02T19:00"));
        // The first one takes all of it.
        assert_eq!(next_local(1), None);
    }
}
