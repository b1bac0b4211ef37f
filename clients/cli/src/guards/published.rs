//! What the group has published already.

use chrono::NaiveDateTime;
use hedgerow_client::{FieldViolation, GroupId, Record};
use hedgerow_core::recurrence::parse_local;
use hedgerow_core::rules::RecordBody;
use hedgerow_core::summary::Summary;
use hedgerow_proto::steward_v1::{StewardRecord, record_audience};
use hedgerow_proto::v1::Voice;

use crate::document::{Audience, Document};

/// A record that the node has of this group.
#[derive(Debug, Clone)]
pub struct OwnRecord {
    pub kind: String,
    pub key: String,
    pub title: String,
    /// The first time of an event.
    start: Option<NaiveDateTime>,
    /// Whether it is the public listing in which the group speaks for itself.
    is_own_listing: bool,
}

impl OwnRecord {
    /// Reads a record of the node. `None` if this build cannot.
    pub fn read(record: &StewardRecord, group: &GroupId) -> Option<Self> {
        let audience = record.audience.as_ref().and_then(|it| it.audience.as_ref());
        let is_public = matches!(audience, None | Some(record_audience::Audience::Public(_)));
        let record = Record::parse(&record.record, group).ok()?;
        let name = record.name();
        let (kind, key) = (name.collection.as_str(), name.key.as_str().to_owned());
        let of_body = Traits::read(kind, &record.message().body);
        Some(Self {
            kind: kind.to_owned(),
            key,
            title: record.title().unwrap_or_default(),
            start: of_body.start,
            is_own_listing: is_public && of_body.is_own_listing,
        })
    }
}

/// What distinguishes a record from another with the same title.
#[derive(Debug, Default)]
struct Traits {
    title: String,
    start: Option<NaiveDateTime>,
    is_own_listing: bool,
}

impl Traits {
    fn read(kind: &str, body: &[u8]) -> Self {
        let Ok(body) = RecordBody::parse(kind, body) else {
            return Self::default();
        };
        let (start, is_own_listing) = match &body {
            RecordBody::Event(event) => {
                let schedule = event.schedule.as_ref();
                (schedule.and_then(|it| parse_local(&it.start)), false)
            }
            RecordBody::Listing(listing) => (None, listing.voice() == Voice::Itself),
            _ => (None, false),
        };
        Self {
            title: Summary::from_body(&body).map_or_else(String::new, |summary| summary.title),
            start,
            is_own_listing,
        }
    }
}

pub(super) fn check(document: &Document, own: &[OwnRecord]) -> Vec<FieldViolation> {
    let same_kind = || own.iter().filter(|one| one.kind == document.kind);
    if let Some(key) = &document.key {
        // The key of a catalogued listing is made from its subject.
        let is_there = same_kind().any(|one| one.key == *key);
        if is_there || document.subject.is_some() {
            return Vec::new();
        }
        let mut violation = FieldViolation::new(
            "key",
            KEY_GONE,
            format!(
                "your group has no {} with the key {key}: it was taken back, or belongs to another \
                 group. To publish it as a new record, delete the line `key: …`",
                document.kind
            ),
        );
        violation.confirmable = true;
        return vec![violation];
    }
    if document.subject.is_some() {
        return Vec::new();
    }
    let mut traits = Traits::read(&document.kind, &document.body);
    traits.is_own_listing &= document.audience != Some(Audience::NodeOnly);
    let like = same_kind().find(|one| {
        traits.is_own_listing && one.is_own_listing
            || !traits.title.is_empty()
                && plain(&one.title) == plain(&traits.title)
                && one.start == traits.start
    });
    let Some(like) = like else {
        return Vec::new();
    };
    let mut violation = FieldViolation::new(
        if document.kind == "listing" {
            "name"
        } else {
            "title"
        },
        "duplicate",
        format!(
            "you have one like it: “{}”. To change that one, put `key: {}` below `kind:`",
            like.title, like.key
        ),
    );
    violation.confirmable = true;
    vec![violation]
}

/// The reason for a key that the group no longer has. Confirmed, the document is a new record.
pub(super) const KEY_GONE: &str = "key_gone";

fn plain(title: &str) -> String {
    let words = title.split(|it: char| !it.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty()).map(str::to_lowercase);
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::parse_text;

    fn own(kind: &str, title: &str, start: Option<&str>) -> OwnRecord {
        OwnRecord {
            kind: kind.to_owned(),
            key: "ab".repeat(16),
            title: title.to_owned(),
            start: start.and_then(parse_local),
            is_own_listing: kind == "listing",
        }
    }

    fn reasons(text: &str, own: &[OwnRecord]) -> Vec<String> {
        let document = parse_text("a.yaml", text).expect("a document").remove(0);
        check(&document, own)
            .into_iter()
            .map(|it| it.reason)
            .collect()
    }

    #[test]
    fn the_same_event_again_asks_and_another_date_does_not() {
        let own = [own("event", "Repair café", Some("2026-12-05T10:00"))];
        let event = |start: &str, more: &str| {
            format!(
                "kind: event\n{more}title: Repair  Café!\nschedule: {{start: \"{start}\", time_zone: Europe/London}}\n"
            )
        };
        assert_eq!(reasons(&event("2026-12-05T10:00", ""), &own), ["duplicate"]);
        assert!(reasons(&event("2026-12-12T10:00", ""), &own).is_empty());
        let key = format!("key: {}\n", "ab".repeat(16));
        assert!(reasons(&event("2026-12-05T10:00", &key), &own).is_empty());
        let key = format!("key: {}\n", "cd".repeat(16));
        assert_eq!(
            reasons(&event("2026-12-05T10:00", &key), &own),
            ["key_gone"]
        );
    }

    #[test]
    fn a_second_listing_of_the_group_itself_asks() {
        let own = [own("listing", "Kettle Room", None)];
        let text = "kind: listing\nname: The Kettle\nvoice: itself\nroles: [support-group]\n";
        assert_eq!(reasons(text, &own), ["duplicate"]);
        let private = text.replace("voice", "audience: node-only\nvoice");
        assert!(reasons(&private, &own).is_empty());
        let text = text.replace("itself", "on-behalf");
        assert!(reasons(&text, &own).is_empty());
    }
}
