//! The record that an address is about.

use axum::extract::{FromRequestParts, RawPathParams};
use hedgerow_core::name::{Collection, RecordKey, RecordName};
use hedgerow_forms::{DETAILS, Form};
use hedgerow_input::descriptors::KINDS;
use hedgerow_web::pages::console::ConsoleNav;
use http::request::Parts;

use super::super::failed::Failed;
use super::super::steward::InGroup;

/// A record of a group, or one that is to be added.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) kind: &'static str,
    /// `None` for a record that is not published yet.
    pub(super) name: Option<RecordName>,
    /// The kind of thing of a new offer or need; empty for others.
    thing: &'static str,
}

const NEW: &str = "new";

impl Target {
    pub(super) fn new(kind: &str, key: &str) -> Option<Self> {
        let (kind, _) = KINDS.iter().find(|(known, _)| *known == kind)?;
        let has_things = matches!(*kind, "offer" | "need");
        if let Some(thing) = key.strip_prefix(NEW) {
            let thing = thing.strip_prefix('-').unwrap_or(thing).replace('-', "_");
            let known = DETAILS.into_iter().find(|known| *known == thing);
            let thing = known.filter(|_| has_things).unwrap_or_default();
            let is_new = has_things != thing.is_empty() && (has_things || key == NEW);
            return is_new.then_some(Self {
                kind,
                name: None,
                thing,
            });
        }
        let name = RecordName {
            collection: Collection::parse(kind).ok()?,
            key: RecordKey::parse(key).ok()?,
        };
        Some(Self {
            kind,
            name: Some(name),
            thing: "",
        })
    }

    pub(super) fn of_record(name: &RecordName) -> Option<Self> {
        Self::new(name.collection.as_str(), name.key.as_str())
    }

    fn key(&self) -> String {
        match &self.name {
            Some(name) => name.key.as_str().to_owned(),
            None if self.thing.is_empty() => NEW.to_owned(),
            None => format!("{NEW}-{}", self.thing.replace('_', "-")),
        }
    }

    /// The form of a new record.
    pub(super) fn form(&self) -> Option<Form> {
        Form::new(self.kind, self.thing)
    }

    /// The key of its working copy among the drafts.
    pub(super) fn draft_key(&self) -> String {
        format!("record:{}:{}", self.kind, self.key())
    }

    /// The key under which a page of its form is kept after the end of a session.
    pub(super) fn page_key(&self, page: &str) -> String {
        format!("page:{}:{}:{page}", self.kind, self.key())
    }

    pub(super) fn path(&self, visit: &InGroup) -> String {
        format!("{}/edit/{}/{}", visit.base(), self.kind, self.key())
    }

    pub(super) fn form_path(&self, visit: &InGroup, page: &str) -> String {
        format!("{}/form/{page}", self.path(visit))
    }

    /// The entry of the navigation that it belongs to.
    pub(super) fn nav(&self) -> ConsoleNav {
        match self.kind {
            "listing" => ConsoleNav::Listing,
            "event" => ConsoleNav::Events,
            "offer" | "need" => ConsoleNav::Offers,
            _ => ConsoleNav::Settings,
        }
    }

    /// The list that it is in.
    pub(super) fn list_path(&self, visit: &InGroup) -> String {
        let list = match self.kind {
            "listing" => "listing",
            "event" => "events",
            "offer" | "need" => "offers",
            _ => "more",
        };
        format!("{}/{list}", visit.base())
    }

    /// The page of the record, or its list while it is new.
    pub(super) fn back(&self, visit: &InGroup) -> String {
        match self.name {
            Some(_) => self.path(visit),
            None => self.list_path(visit),
        }
    }

    /// The key of the words for its kind.
    pub(super) fn kind_key(&self) -> &'static str {
        kind_key(self.kind)
    }
}

pub(super) fn kind_key(kind: &str) -> &'static str {
    match kind {
        "listing" => "edit-kind-listing",
        "event" => "edit-kind-event",
        "offer" => "edit-kind-offer",
        "need" => "edit-kind-need",
        "story" => "edit-kind-story",
        "commitment" => "edit-kind-commitment",
        "vouch" => "edit-kind-vouch",
        _ => "edit-kind-circumstances",
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Target {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| Failed::not_found())?;
        let param = |wanted: &str| params.iter().find(|(name, _)| *name == wanted);
        let (Some((_, kind)), Some((_, key))) = (param("kind"), param("key")) else {
            return Err(Failed::not_found());
        };
        Self::new(kind, key).ok_or_else(Failed::not_found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_record_or_a_new_one() {
        fn key(kind: &str, key: &str) -> Option<String> {
            Target::new(kind, key).map(|target| target.draft_key())
        }
        assert_eq!(key("event", "new").as_deref(), Some("record:event:new"));
        let time = key("offer", "new-volunteer-time");
        assert_eq!(time.as_deref(), Some("record:offer:new-volunteer-time"));
        assert!(key("event", &"ab".repeat(16)).is_some());
        for (kind, wrong) in [
            ("event", "new-space"),
            ("offer", "new"),
            ("offer", "new-event"),
            ("profile", "new"),
            ("event", "A/B"),
            ("event", ""),
        ] {
            assert_eq!(key(kind, wrong), None, "{kind}/{wrong}");
        }
    }
}
