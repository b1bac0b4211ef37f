//! Applies the rules: turns each edit into a step, or reports all violations at once.

use std::collections::BTreeSet;

use hedgerow_core::name::{Collection, RecordKey, RecordName};
use hedgerow_core::record::{NewRecord, ParsedRecord, record_hash};
use hedgerow_core::rules::{Draft, PlaceInUse, Prepared, check_consent, prepare};
use hedgerow_core::time::Timestamp;
use hedgerow_proto::steward_v1;
use hedgerow_transport::failure::{Failure, FieldViolation};

use super::edit::{Change, Edit};
use super::load::{Existing, Loaded, is_random_key, places_of};
use super::rejection::{check_etag, field_path, record_exists, unknown_record};
use super::write_request::WriteRequest;
use crate::audience::Audience;
use crate::store::{RecordEntry, StoredRecord};

/// A checked edit, ready to be applied.
pub(super) enum Step {
    Put {
        record: RecordEntry,
        bytes: Vec<u8>,
        /// The version that it replaces.
        before: Option<Box<StoredRecord>>,
    },
    /// The record already has this content.
    Unchanged {
        record: StoredRecord,
        bytes: Vec<u8>,
    },
    Withdraw {
        record: StoredRecord,
    },
}

/// Plans all edits, in order. Runs on a blocking thread: a thousand drafts take too long
/// for an async one.
pub(super) async fn plan(request: &WriteRequest, loaded: Loaded) -> Result<Vec<Step>, Failure> {
    let planner = Planner {
        request: request.clone(),
        now: request.shared.now(),
        places: loaded.places,
        seen: BTreeSet::new(),
        violations: Vec::new(),
    };
    let work = tokio::task::spawn_blocking(move || planner.plan(loaded.edits));
    work.await.map_err(Failure::internal)?
}

struct Planner {
    request: WriteRequest,
    now: Timestamp,
    /// Places in the group's public records, including the edits planned so far.
    places: Vec<PlaceInUse>,
    /// Records that edits have concerned so far.
    seen: BTreeSet<RecordName>,
    violations: Vec<FieldViolation>,
}

impl Planner {
    fn plan(mut self, edits: Vec<(Edit, Option<Existing>)>) -> Result<Vec<Step>, Failure> {
        let mut steps = Vec::with_capacity(edits.len());
        for (edit, existing) in edits {
            steps.extend(self.step(edit, existing)?);
        }
        if self.violations.is_empty() {
            Ok(steps)
        } else {
            Err(Failure::invalid(self.violations))
        }
    }

    /// Plans one edit. `None` means that it violates a rule; the others are checked
    /// nevertheless, so that the steward can correct all of them together.
    fn step(&mut self, edit: Edit, existing: Option<Existing>) -> Result<Option<Step>, Failure> {
        let path = edit.path;
        match edit.change {
            Change::Withdraw { name, etag } => {
                let existing = existing.ok_or_else(|| unknown_record(&path, &name))?;
                check_etag(&path, &existing, etag.as_deref())?;
                self.check_first_edit(&path, &name);
                Ok(Some(Step::Withdraw {
                    record: existing.record,
                }))
            }
            Change::Replace { name, draft, etag } => {
                let existing = existing.ok_or_else(|| unknown_record(&path, &name))?;
                check_etag(&path, &existing, etag.as_deref())?;
                let collection = name.collection.clone();
                Ok(self.put(&path, &collection, &draft, Some(name), Some(existing)))
            }
            Change::Add {
                collection,
                draft,
                may_replace,
            } => {
                if let Some(existing) = existing.as_ref().filter(|_| !may_replace) {
                    return Err(record_exists(&path, &existing.record.entry.name));
                }
                Ok(self.put(&path, &collection, &draft, None, existing))
            }
        }
    }

    fn put(
        &mut self,
        path: &str,
        collection: &Collection,
        draft: &steward_v1::RecordDraft,
        name: Option<RecordName>,
        existing: Option<Existing>,
    ) -> Option<Step> {
        let requested = Audience::from_proto(draft.audience.as_ref());
        if let Err(error) = &requested {
            self.violate(
                path,
                "audience.circle",
                "circle_malformed",
                error.to_string(),
            );
        }
        let current = existing.as_ref().map(|existing| &existing.record.entry);
        let current_consent = current.and_then(|current| current.consent.clone());
        let consent = draft.consent.clone().or(current_consent);
        let before = self.violations.len();
        let violations = check_consent(collection, consent.as_ref(), self.now);
        self.extend_violations(path, violations);
        let has_consent = self.violations.len() == before;
        // Without a requested audience, an edit keeps the current one.
        let audience = requested.as_ref().ok().cloned().flatten();
        let audience = audience.or_else(|| current.map(|current| current.audience.clone()));
        let prepared = self.prepare(path, collection, draft, audience.as_ref())?;
        // The early returns come after `prepare`, so that its violations are reported too.
        requested.ok()?;
        if !has_consent {
            return None;
        }
        let audience = audience.unwrap_or(if prepared.default_node_only {
            Audience::NodeOnly
        } else {
            Audience::Public
        });
        let name = self.name(path, collection, name, &prepared)?;
        let Some(existing) = existing else {
            return self.record(path, name, prepared, draft, (audience, consent), None);
        };
        if has_content(&existing, &prepared, draft, &audience)
            && existing.record.entry.consent == consent
        {
            self.add_places(&existing.parsed, &audience);
            return Some(Step::Unchanged {
                bytes: existing.parsed.bytes().to_vec(),
                record: existing.record,
            });
        }
        let before = Some(existing.record);
        self.record(path, name, prepared, draft, (audience, consent), before)
    }

    fn prepare(
        &mut self,
        path: &str,
        collection: &Collection,
        draft: &steward_v1::RecordDraft,
        audience: Option<&Audience>,
    ) -> Option<Prepared> {
        // A private record cannot reveal a place that another record blurs. If it is made
        // public later, that edit is compared.
        let public = audience.is_none_or(|audience| *audience == Audience::Public);
        let places = if public { self.places.as_slice() } else { &[] };
        let draft = Draft {
            group_id: &self.request.group.id,
            collection,
            body: &draft.body,
            language: &draft.language,
            subject: draft.subject.as_ref(),
            confirmed: &draft.confirmed,
            now: self.now,
        };
        match prepare(&draft, places) {
            Ok(prepared) => Some(prepared),
            Err(violations) => {
                self.extend_violations(path, violations);
                None
            }
        }
    }

    /// Returns the record's name: its own, its subject's, or a random one.
    fn name(
        &mut self,
        path: &str,
        collection: &Collection,
        name: Option<RecordName>,
        prepared: &Prepared,
    ) -> Option<RecordName> {
        let name = match (name, &prepared.key) {
            (None, Some(key)) => RecordName {
                collection: collection.clone(),
                key: key.clone(),
            },
            (None, None) => RecordName {
                collection: collection.clone(),
                key: RecordKey::random(self.request.shared.bytes()),
            },
            (Some(name), Some(key)) if name.key == *key => name,
            (Some(name), None) if is_random_key(&name.key) => name,
            (Some(_), _) => {
                let message = "a catalogued listing has the key that its subject gives, and no \
                               other record has such a key: take this one back and add another";
                self.violate(path, "subject", "key_mismatch", message.to_owned());
                return None;
            }
        };
        self.check_first_edit(path, &name);
        Some(name)
    }

    fn record(
        &mut self,
        path: &str,
        name: RecordName,
        prepared: Prepared,
        draft: &steward_v1::RecordDraft,
        (audience, consent): (Audience, Option<steward_v1::StoryConsent>),
        before: Option<StoredRecord>,
    ) -> Option<Step> {
        let create_time = before
            .as_ref()
            .map_or(self.now, |before| before.entry.create_time);
        let bytes = NewRecord {
            group_id: self.request.group.id,
            name: name.clone(),
            // A fresh nonce, so that a small record cannot be guessed from its hash.
            nonce: self.request.shared.bytes(),
            create_time,
            update_time: self.now,
            language: prepared.language,
            body: prepared.body,
            subject: draft.subject.clone(),
        }
        .encode();
        let limit = self.request.shared.config.publishing.max_record_bytes as usize;
        if bytes.len() > limit {
            let message = format!(
                "is {} bytes long, at most {limit} are accepted: shorten the longest texts",
                bytes.len()
            );
            self.violate(path, "body", "record_too_large", message);
            return None;
        }
        if let Ok(parsed) = ParsedRecord::parse_within(&bytes, &self.request.group.id, limit) {
            self.add_places(&parsed, &audience);
        }
        Some(Step::Put {
            record: RecordEntry {
                hash: record_hash(&bytes),
                length: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
                name,
                audience,
                adjustments: prepared.adjustments,
                consent,
                create_time,
                update_time: self.now,
            },
            bytes,
            before: before.map(Box::new),
        })
    }

    /// Adds a record's places, so that later edits of the request are compared with them.
    fn add_places(&mut self, record: &ParsedRecord, audience: &Audience) {
        if *audience == Audience::Public {
            self.places.extend(places_of(record));
        }
    }

    /// Reports a second edit of the same record. Each edit was loaded with the state before
    /// the request, so a second one would silently discard the first.
    fn check_first_edit(&mut self, path: &str, name: &RecordName) {
        if !self.seen.insert(name.clone()) {
            let message = format!("{name} already has an earlier change in this request");
            self.violate(path, "name", "changed_twice", message);
        }
    }

    fn extend_violations(
        &mut self,
        path: &str,
        violations: impl IntoIterator<Item = hedgerow_core::rules::Violation>,
    ) {
        for violation in violations {
            let field = field_path(path, &violation.field);
            let violation = FieldViolation::from(violation);
            self.violations.push(FieldViolation { field, ..violation });
        }
    }

    fn violate(&mut self, path: &str, field: &str, reason: &'static str, message: String) {
        self.violations.push(FieldViolation::new(
            field_path(path, field),
            reason,
            message,
        ));
    }
}

/// Whether a record already has the content and audience of a draft.
fn has_content(
    existing: &Existing,
    prepared: &Prepared,
    draft: &steward_v1::RecordDraft,
    audience: &Audience,
) -> bool {
    let message = existing.parsed.message();
    message.body == prepared.body
        && message.language == prepared.language
        && message.subject == draft.subject
        && existing.record.entry.audience == *audience
}
