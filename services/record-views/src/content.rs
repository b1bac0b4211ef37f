//! A record that was decoded to be shown.

use hedgerow_core::id::GroupId;
use hedgerow_core::record::{ParsedRecord, record_hash};
use hedgerow_core::rules::RecordBody;
use hedgerow_core::time::Timestamp;
use hedgerow_input::labels;
use hedgerow_proto::v1;
use hedgerow_proto::v1::{ActivityState, EventStatus, Voice};
use hedgerow_web::view::State;
use hedgerow_web::{Text, WebLink, Words};

use crate::words::{date, tag};

/// Letters of the words on how to join that fit in a row.
const MAX_JOIN_LETTERS: usize = 110;

/// A record with its decoded body.
#[derive(Debug)]
pub struct RecordContent {
    pub body: RecordBody,
    /// The language of its texts, a BCP 47 tag.
    pub language: String,
    pub changed: Timestamp,
    /// In hexadecimal digits.
    pub hash: String,
}

impl RecordContent {
    /// Decodes the bytes of a group's record. `None` for bytes that no node would have stored.
    pub fn parse(group: &GroupId, bytes: &[u8]) -> Option<Self> {
        let record = ParsedRecord::parse(bytes, group).ok()?;
        let message = record.message();
        Some(Self {
            body: RecordBody::parse(&message.collection, &message.body).ok()?,
            language: message.language.clone(),
            changed: record.update_time(),
            hash: record_hash(bytes).to_string(),
        })
    }

    /// Whether it repeats a source instead of the group's own words.
    pub fn is_catalogued(&self) -> bool {
        match &self.body {
            RecordBody::Listing(listing) => listing.voice() == Voice::Catalogued,
            _ => false,
        }
    }

    /// The state that the group states itself.
    pub fn stated_state(&self) -> Option<State> {
        match &self.body {
            RecordBody::Listing(listing) => match listing.activity_state() {
                ActivityState::Paused => Some(State::Paused),
                ActivityState::Closed => Some(State::Closed),
                ActivityState::Active | ActivityState::Unspecified => None,
            },
            RecordBody::Event(event) => match event.status() {
                EventStatus::Cancelled => Some(State::Cancelled),
                EventStatus::Postponed => Some(State::Postponed),
                EventStatus::Planned | EventStatus::Unspecified => None,
            },
            _ => None,
        }
    }

    /// The group's own words on its state.
    pub fn state_words(&self) -> Option<Text> {
        let words = match &self.body {
            RecordBody::Listing(listing) => &listing.activity_state_words,
            RecordBody::Event(event) => &event.status_words,
            _ => return None,
        };
        Some(Text::new(words, &self.language)).filter(|words| !words.is_empty())
    }

    /// The sources of a listing, each with its address.
    pub fn sources(&self, reader: Words) -> Vec<(Text, Option<WebLink>)> {
        let RecordBody::Listing(listing) = &self.body else {
            return Vec::new();
        };
        let sources = listing.source.iter().chain(&listing.other_sources);
        sources
            .map(|source| (source_words(source, reader), WebLink::web(&source.url)))
            .collect()
    }

    /// How to take part online or by phone.
    pub fn online(&self) -> Option<&v1::Online> {
        match &self.body {
            RecordBody::Listing(listing) => listing.online.as_ref(),
            RecordBody::Event(event) => event.online.as_ref(),
            RecordBody::Offer(offer) => offer.resource.as_ref()?.online.as_ref(),
            RecordBody::Need(need) => need.resource.as_ref()?.online.as_ref(),
            _ => None,
        }
    }

    /// The schedule that has dates: of an event its own, of a listing the first such one.
    pub fn dated_schedule(&self) -> Option<&v1::Schedule> {
        match &self.body {
            RecordBody::Event(event) => event.schedule.as_ref(),
            RecordBody::Listing(listing) => {
                let mut schedules = listing.schedules.iter();
                schedules.find(|schedule| !schedule.start.is_empty())
            }
            _ => None,
        }
    }

    /// How to join, if it fits in a row.
    pub fn join(&self, reader: Words) -> Option<Text> {
        let (tags, words) = match &self.body {
            RecordBody::Listing(listing) => (&listing.how_to_join, &listing.how_to_join_words),
            RecordBody::Event(event) => (&event.how_to_join, &event.how_to_join_words),
            RecordBody::Offer(offer) => {
                let words = Text::new(&offer.how_to_ask, &self.language);
                return Some(words).filter(|it| !it.is_empty() && is_short(&offer.how_to_ask));
            }
            _ => return None,
        };
        if !words.is_empty() && is_short(words) {
            return Some(Text::new(words, &self.language));
        }
        let tags: Vec<Text> = tags
            .iter()
            .map(|one| tag(one, &self.language, reader))
            .collect();
        match tags.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            several => {
                let labels: Vec<&str> = several.iter().map(Text::as_str).collect();
                Some(Text::plain(&labels.join(", ")))
            }
        }
        .filter(|text| !text.is_empty())
    }
}

fn is_short(words: &str) -> bool {
    words.chars().count() <= MAX_JOIN_LETTERS
}

fn source_words(source: &v1::Source, reader: Words) -> Text {
    let mut words = labels::source(source);
    if let Some(day) = labels::source_date(source) {
        let date = date(&day, reader);
        words = format!("{words} ({date})");
    }
    if !source.note.is_empty() {
        words = format!("{words}. {}", source.note);
    }
    Text::plain(&words)
}
