//! What the group has published already.

use chrono::NaiveDateTime;
use hedgerow_core::id::GroupId;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::recurrence::parse_local;
use hedgerow_core::rules::{RecordBody, Violation};
use hedgerow_core::summary::Summary;
use hedgerow_proto::steward_v1::{StewardRecord, record_audience};
use hedgerow_proto::v1::Voice;

use super::draft::Draft;
use super::question::{KEY_GONE, question};

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
        let record = ParsedRecord::parse(&record.record, group).ok()?;
        let name = record.name();
        let (kind, key) = (name.collection.as_str(), name.key.as_str().to_owned());
        let of_body = Traits::read(kind, &record.message().body);
        Some(Self {
            kind: kind.to_owned(),
            key,
            title: of_body.title,
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

pub(super) fn check(draft: &Draft<'_>, own: &[OwnRecord]) -> Vec<Violation> {
    // The key of a catalogued listing is made from its subject.
    if draft.has_subject {
        return Vec::new();
    }
    let same_kind = || own.iter().filter(|one| one.kind == draft.kind);
    if let Some(key) = draft.key {
        if same_kind().any(|one| one.key == key) {
            return Vec::new();
        }
        let message = format!(
            "your group has no {} with the key {key}: it was taken back, or belongs to another \
             group. To publish it as a new record, delete the line `key: …`",
            draft.kind
        );
        return vec![question("key".to_owned(), KEY_GONE, message)];
    }
    let mut traits = Traits::read(draft.kind, draft.body);
    traits.is_own_listing &= !draft.is_node_only;
    let like = same_kind().find(|one| {
        traits.is_own_listing && one.is_own_listing
            || !traits.title.is_empty()
                && plain(&one.title) == plain(&traits.title)
                && one.start == traits.start
    });
    let Some(like) = like else {
        return Vec::new();
    };
    let field = if draft.kind == "listing" {
        "name"
    } else {
        "title"
    };
    let message = format!(
        "you have one like it: “{}”. To change that one, put `key: {}` below `kind:`",
        like.title, like.key
    );
    vec![question(field.to_owned(), "duplicate", message)]
}

fn plain(title: &str) -> String {
    let words = title.split(|it: char| !it.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty()).map(str::to_lowercase);
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use hedgerow_proto::v1;

    use super::*;

    const KEY: &str = "abababababababababababababababab";

    fn own(kind: &str, title: &str, start: Option<&str>) -> OwnRecord {
        OwnRecord {
            kind: kind.to_owned(),
            key: KEY.to_owned(),
            title: title.to_owned(),
            start: start.and_then(parse_local),
            is_own_listing: kind == "listing",
        }
    }

    fn reasons(
        kind: &str,
        body: &impl prost::Message,
        own: &[OwnRecord],
        change: impl FnOnce(&mut Draft<'_>),
    ) -> Vec<&'static str> {
        let body = body.encode_to_vec();
        let mut draft = Draft {
            kind,
            body: &body,
            key: None,
            has_subject: false,
            is_node_only: false,
        };
        change(&mut draft);
        let found = check(&draft, own).into_iter();
        found.map(|it| it.reason).collect()
    }

    #[test]
    fn the_same_event_again_asks_and_another_date_does_not() {
        let own = [own("event", "Repair café", Some("2026-12-05T10:00"))];
        let event = |start: &str| v1::Event {
            title: "Repair  Café!".to_owned(),
            schedule: Some(v1::Schedule {
                start: start.to_owned(),
                ..v1::Schedule::default()
            }),
            ..v1::Event::default()
        };
        let (same, other) = (event("2026-12-05T10:00"), event("2026-12-12T10:00"));
        assert_eq!(reasons("event", &same, &own, |_| {}), ["duplicate"]);
        assert!(reasons("event", &other, &own, |_| {}).is_empty());
        assert!(reasons("event", &same, &own, |it| it.key = Some(KEY)).is_empty());
        let gone = |it: &mut Draft<'_>| it.key = Some("cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd");
        assert_eq!(reasons("event", &same, &own, gone), ["key_gone"]);
    }

    #[test]
    fn a_second_listing_of_the_group_itself_asks() {
        let own = [own("listing", "Kettle Room", None)];
        let listing = |voice: Voice| v1::Listing {
            name: "The Kettle".to_owned(),
            voice: voice as i32,
            ..v1::Listing::default()
        };
        let itself = listing(Voice::Itself);
        assert_eq!(reasons("listing", &itself, &own, |_| {}), ["duplicate"]);
        assert!(reasons("listing", &itself, &own, |it| it.is_node_only = true).is_empty());
        assert!(reasons("listing", &listing(Voice::OnBehalf), &own, |_| {}).is_empty());
    }
}
