//! What was found, for programs and for people.

mod excerpt;
pub mod sources;

use std::time::Duration;

use chrono::NaiveDateTime;
use comfy_table::Cell;
use comfy_table::CellAlignment;
use comfy_table::ContentArrangement;
use comfy_table::Table;
use comfy_table::presets;
use hedgerow_client::Checked;
use hedgerow_client::Found;
use hedgerow_client::Record;
use hedgerow_core::head::Freshness;
use hedgerow_core::recurrence::next_occurrence;
use hedgerow_core::recurrence::schedule_occurrences;
use hedgerow_core::rules::Known;
use hedgerow_core::summary::Summary;
use hedgerow_core::summary::SummaryPlace;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use serde::Serialize;

use crate::wording;

/// One finding. Serialised, it is an object of `search --json`.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// The publisher.
    pub group_id: String,
    /// The publisher's name, on the aggregator's word.
    pub publisher_name: String,
    /// The record's kind.
    pub collection: String,
    /// The record's key.
    pub key: String,
    /// The record's title.
    pub title: String,
    /// Where, no finer than published.
    pub place: Option<String>,
    /// How far away, on the aggregator's word.
    pub distance_km: Option<f64>,
    /// Who speaks: `itself`, `on-behalf` or `catalogued`.
    pub voice: &'static str,
    /// Where a catalogued listing was found: title and section.
    pub source: Option<String>,
    /// The source's date.
    pub source_date: Option<String>,
    /// How far the publisher is known to be whom it names, on the aggregator's word.
    pub identity: &'static str,
    /// When a person last said "still right".
    pub confirmed_at: Option<String>,
    /// How long ago the head over it was signed.
    pub head_age_s: Option<u64>,
    /// Whether these bytes are in the tree of a head that the publisher's key signed.
    /// `null` where that was not checked.
    pub unaltered: Option<bool>,
    /// Why the check failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_error: Option<String>,
    /// How many sources were asked for the head, how many agreed, how many have a newer one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sources: Option<Sources>,
    /// The next time an event takes place, on the aggregator's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_start: Option<String>,
    /// Part of its text, on the aggregator's word.
    pub snippet: String,
    /// Which bytes of that match what was asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    highlights: Vec<Highlight>,
    /// The same part with its matches marked, where there are any and the record has it.
    #[serde(skip)]
    excerpt: Option<String>,
    /// The record, where it was checked.
    #[serde(skip)]
    pub record: Option<Checked<Record>>,
    /// The source of a catalogued listing.
    #[serde(skip)]
    listed_source: Option<v1::Source>,
    /// The publisher's identity.
    #[serde(skip)]
    known: v1::Identity,
    /// What to know first: cancelled, paused, closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// The next time an event takes place, in its own time zone.
    #[serde(skip)]
    next_local: Option<String>,
    /// Whether nobody has said "still right" for a year.
    #[serde(skip)]
    old: bool,
    /// Whether the head over it has expired.
    #[serde(skip)]
    stale: bool,
}

/// After this, a "still right" is old.
const YEAR: Duration = Duration::from_hours(365 * 24);

/// A stretch of a snippet that matches.
#[derive(Debug, Clone, Copy, Serialize)]
struct Highlight {
    /// First byte.
    start: u32,
    /// One past the last byte.
    end: u32,
}

/// How many sources agree.
#[derive(Debug, Serialize)]
pub struct Sources {
    asked: u32,
    answered: u32,
    agreed: u32,
    newer: u32,
}

impl Finding {
    /// A finding on the aggregator's word alone.
    pub fn unchecked(hit: &v1::SearchHit, now: Timestamp) -> Self {
        let age = hit
            .head_issued_at
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
            voice: wording::voice(hit.voice()),
            source: hit.source.as_ref().map(wording::source),
            source_date: hit.source.as_ref().and_then(wording::source_date),
            identity: wording::identity(hit.identity()),
            confirmed_at: hit.confirmed_at.and_then(text_of),
            head_age_s: age,
            unaltered: None,
            check_error: None,
            sources: None,
            next_start: hit.next_start.and_then(text_of),
            snippet: hit.snippet.clone(),
            excerpt: excerpt::marked(&hit.snippet, &highlights),
            highlights,
            record: None,
            listed_source: hit.source.clone(),
            known: hit.identity(),
            state: None,
            next_local: None,
            old: hit
                .confirmed_at
                .and_then(|time| Timestamp::try_from(time).ok())
                .is_some_and(|time| now.since(time) > YEAR),
            stale: hit.status() == v1::GroupStatus::Stale,
        }
    }

    /// A finding with its record: what the record says goes before what the aggregator
    /// says of it. `None` where the record was taken back meanwhile.
    pub fn checked(found: Found, now: Timestamp) -> Option<Self> {
        let mut finding = Self::unchecked(found.hit.on_the_servers_word(), now);
        match found.record {
            Ok(record) => {
                finding.take_from(&record, now);
                finding.record = Some(record);
            }
            Err(error) if error.is_not_found() => return None,
            Err(error) => {
                finding.unaltered = error.is_check().then_some(false);
                finding.excerpt = None;
                finding.check_error = Some(error.reason().to_owned());
            }
        }
        Some(finding)
    }

    fn take_from(&mut self, record: &Checked<Record>, now: Timestamp) {
        let evidence = record.evidence();
        let agreement = evidence.agreement();
        self.unaltered = Some(true);
        self.stale = evidence.freshness(now) != Freshness::Fresh;
        self.head_age_s = Some(evidence.head_age(now).as_secs());
        self.sources = Some(Sources {
            asked: agreement.asked,
            answered: agreement.answered,
            agreed: agreement.agreed,
            newer: agreement.newer,
        });
        let message = record.value().message();
        let known = Known::parse(&self.collection, &message.body).ok();
        let summary = known.as_ref().and_then(Summary::of);
        let (Some(known), Some(summary)) = (known, summary) else {
            self.excerpt = None;
            return;
        };
        if !excerpt::is_of(&summary, &self.snippet) {
            self.excerpt = None;
        }
        self.state = state_of(&known);
        self.next_local = self.next_of(&known, now).map(|local| in_words(&local));
        self.old = summary
            .confirmed_at
            .is_some_and(|time| now.since(time) > YEAR);
        if let Some(place) = place_of(&summary) {
            self.place = Some(place);
        } else if summary.online {
            self.place = Some("online".to_owned());
        }
        self.voice = wording::voice(summary.voice.unwrap_or_default());
        self.source = summary.source.as_ref().map(wording::source);
        self.source_date = summary.source.as_ref().and_then(wording::source_date);
        self.confirmed_at = summary.confirmed_at.map(|time| time.to_string());
        self.title = summary.title;
        self.listed_source = summary.source;
    }

    /// The next time by the record's own schedule: the one that was asked for, where the
    /// aggregator names one that the schedule has.
    fn next_of(&self, known: &Known, now: Timestamp) -> Option<String> {
        let asked = self.next_start.as_deref();
        let asked: Option<Timestamp> = asked.and_then(|text| text.parse().ok());
        let at = |schedule: &v1::Schedule| {
            let start = asked?;
            let minute = start.plus(Duration::from_secs(60));
            let found = schedule_occurrences(schedule, start, minute, usize::MAX).ok()?;
            let found = found.into_iter().find(|one| one.start == start)?;
            Some(found.local_start)
        };
        match known {
            Known::Event(event) => event.schedule.as_ref().and_then(at).or_else(|| {
                let next = next_occurrence(event, now).ok().flatten();
                next.map(|next| next.local_start)
            }),
            Known::Listing(listing) => listing.schedules.iter().find_map(at),
            _ => None,
        }
    }

    /// Whether a check was made and not passed, or could not be made.
    pub fn has_failed(&self) -> bool {
        self.check_error.is_some()
    }

    /// The publisher's identity.
    pub fn identity_of(&self) -> v1::Identity {
        self.known
    }

    /// How `hedgerow show` names it.
    pub fn address(&self) -> String {
        format!("{}/{}/{}", self.group_id, self.collection, self.key)
    }

    fn what(&self) -> String {
        let mut text = self.title.clone();
        if self.collection != "listing" {
            text += &format!("\n{} by {}", self.collection, self.publisher_name);
        }
        // Marks that others have put there would be taken for ours.
        text = excerpt::without_marks(&text);
        match (self.state, &self.next_local, &self.next_start) {
            (Some(state), ..) => text += &format!("\n{state}"),
            (None, Some(local), _) => text += &format!("\nnext: {local}"),
            (None, None, Some(start)) => text += &format!("\nnext: {start}"),
            (None, None, None) => {}
        }
        if let Some(excerpt) = &self.excerpt {
            text += &format!("\n“{excerpt}”");
        }
        text
    }

    /// Where it is, and how far away.
    pub fn place_and_distance(&self) -> String {
        let place = self.place.as_deref().unwrap_or("not said");
        match self.distance_km {
            Some(kilometres) => format!("{place}\n{}", wording::miles(kilometres * 1_000.0)),
            None => place.to_owned(),
        }
    }

    /// Who says so, and what to know about that.
    pub fn whose_word(&self) -> String {
        let mut words = self.voice_words();
        if let (true, Some(age)) = (self.stale, self.head_age_s) {
            let age = wording::length(Duration::from_secs(age));
            words += &format!("\nits node has been silent for {age}");
        }
        words
    }

    fn voice_words(&self) -> String {
        match (self.voice, &self.listed_source) {
            ("catalogued", Some(source)) => format!(
                "{}\n{}\n(listed by {})",
                wording::recorded(source),
                wording::source(source),
                self.publisher_name
            ),
            ("catalogued", None) => "catalogued; may no longer exist".to_owned(),
            ("on-behalf", _) => format!("{} speaks for it", self.publisher_name),
            _ if self.old => format!(
                "{}\nnobody has said “still right” for a year",
                wording::identity_words(self.known)
            ),
            _ => wording::identity_words(self.known).to_owned(),
        }
    }
}

fn text_of(time: prost_types::Timestamp) -> Option<String> {
    Timestamp::try_from(time).ok().map(|time| time.to_string())
}

/// What somebody should know before anything else.
fn state_of(known: &Known) -> Option<&'static str> {
    match known {
        Known::Listing(listing) => match listing.activity_state() {
            v1::ActivityState::Paused => Some("paused"),
            v1::ActivityState::Closed => Some("closed"),
            v1::ActivityState::Active | v1::ActivityState::Unspecified => None,
        },
        Known::Event(event) => match event.status() {
            v1::EventStatus::Cancelled => Some("cancelled"),
            v1::EventStatus::Postponed => Some("postponed"),
            v1::EventStatus::Planned | v1::EventStatus::Unspecified => None,
        },
        _ => None,
    }
}

/// `2026-11-25T10:30` as people write it.
pub fn in_words(local: &str) -> String {
    NaiveDateTime::parse_from_str(local, "%Y-%m-%dT%H:%M").map_or_else(
        |_| local.to_owned(),
        |time| time.format("%a %-d %B %Y, %H:%M").to_string(),
    )
}

/// The place to show: by name, or by region.
fn place_of(summary: &Summary) -> Option<String> {
    let name = |place: &SummaryPlace| {
        let region = place.regions.first().map(|region| region.name.clone());
        Some(place.name.clone())
            .filter(|name| !name.is_empty())
            .or(region)
    };
    summary
        .places
        .first()
        .or(summary.areas_served.first())
        .and_then(name)
}

/// A table for people.
pub fn table(findings: &[Finding], width: u16) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .set_header(["", "What", "Where", "Whose word"]);
    for (index, finding) in findings.iter().enumerate() {
        table.add_row([
            Cell::new(index + 1).set_alignment(CellAlignment::Right),
            Cell::new(finding.what()),
            Cell::new(excerpt::without_marks(&finding.place_and_distance())),
            Cell::new(excerpt::without_marks(&finding.whose_word())),
        ]);
    }
    excerpt::styled(&table.trim_fmt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit() -> v1::SearchHit {
        v1::SearchHit {
            group_id: vec![7; 32],
            publisher_name: "A cataloguer".to_owned(),
            collection: "listing".to_owned(),
            key: "jigsaw-2013.a".to_owned(),
            title: "A group".to_owned(),
            place: "Leeds".to_owned(),
            distance_m: Some(12_345),
            voice: v1::Voice::Catalogued.into(),
            source: Some(v1::Source {
                title: "A report".to_owned(),
                section: "Appendix C".to_owned(),
                recorded_year: 2013,
                ..Default::default()
            }),
            identity: v1::Identity::Unconfirmed.into(),
            head_issued_at: Some(Timestamp::from_seconds(1_000).to_proto()),
            ..Default::default()
        }
    }

    #[test]
    fn an_unchecked_hit_claims_nothing() {
        let finding = Finding::unchecked(&hit(), Timestamp::from_seconds(1_060));
        let json = serde_json::to_value(&finding).expect("JSON");
        assert_eq!(json["unaltered"], serde_json::Value::Null);
        assert_eq!(json["voice"], "catalogued");
        assert_eq!(json["identity"], "unconfirmed");
        assert_eq!(json["source"], "A report, Appendix C");
        assert_eq!(json["source_date"], "2013");
        assert_eq!(json["distance_km"], 12.35);
        assert_eq!(json["head_age_s"], 60);
        assert_eq!(json["confirmed_at"], serde_json::Value::Null);
        for field in [
            "group_id",
            "publisher_name",
            "collection",
            "key",
            "title",
            "place",
        ] {
            assert!(json[field].is_string(), "{field}");
        }
    }

    #[test]
    fn the_three_voices_never_look_alike() {
        let mut hit = hit();
        let mut shown = |voice: v1::Voice| {
            hit.voice = voice.into();
            Finding::unchecked(&hit, Timestamp::from_seconds(0)).whose_word()
        };
        let catalogued = shown(v1::Voice::Catalogued);
        assert!(
            catalogued.starts_with("recorded in 2013; may no longer exist"),
            "{catalogued}"
        );
        assert!(catalogued.contains("A report, Appendix C"), "{catalogued}");
        assert_eq!(shown(v1::Voice::Itself), "says it is this group");
        assert_eq!(shown(v1::Voice::OnBehalf), "A cataloguer speaks for it");
    }

    #[test]
    fn a_table_shows_why_something_was_found_and_still_fits() {
        let mut hit = hit();
        hit.snippet = "A long talk over tea, every week, for whoever comes along.".to_owned();
        hit.highlights = vec![v1::HighlightRange { start: 17, end: 20 }];
        let finding = Finding::unchecked(&hit, Timestamp::from_seconds(0));
        let json = serde_json::to_value(&finding).expect("JSON");
        assert_eq!(json["highlights"][0]["start"], 17);
        let table = table(&[finding], 60);
        assert!(table.contains("\u{1b}[1mtea\u{1b}[0m"), "{table:?}");
        let plain = anstream::adapter::strip_str(&table).to_string();
        assert!(plain.contains("“A long talk"), "{plain}");
        let mut widths = plain.lines().map(|line| line.chars().count());
        assert!(widths.all(|width| width <= 60), "{plain}");
        assert!(!plain.contains(['\u{2063}', '\u{2064}']), "{plain:?}");
    }

    #[test]
    fn a_table_fits_the_terminal() {
        let findings = [Finding::unchecked(&hit(), Timestamp::from_seconds(0))];
        let table = table(&findings, 80);
        assert!(
            table.lines().all(|line| line.chars().count() <= 80),
            "{table}"
        );
        assert!(table.contains("7.7 miles"), "{table}");
    }
}
