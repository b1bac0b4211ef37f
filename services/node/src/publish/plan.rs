//! Applies the rules: turns each edit into a step, or reports all violations at once.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use hedgerow_core::name::{Collection, RecordKey, RecordName};
use hedgerow_core::record::{NewRecord, record_hash};
use hedgerow_core::rules::{
    Concealed, Draft, Neighbour, Prepared, RecordBody, Violation, check_consent, prepare,
};
use hedgerow_core::time::Timestamp;
use hedgerow_places::Places;
use hedgerow_proto::steward_v1;
use hedgerow_transport::failure::{Failure, FieldViolation};
use sha2::{Digest, Sha256};

use super::edit::{Change, Edit};
use super::load::{Existing, Loaded, is_random_key, kind_and_body};
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
        neighbours: loaded.neighbours,
        others: loaded.others,
        hidden: Vec::new(),
        places: OnceCell::new(),
        seen: BTreeSet::new(),
        violations: Vec::new(),
    };
    let work = tokio::task::spawn_blocking(move || planner.plan(loaded.edits));
    work.await.map_err(Failure::internal)?
}

struct Planner {
    request: WriteRequest,
    now: Timestamp,
    /// The group's public records, including the edits planned so far.
    neighbours: Vec<Neighbour>,
    /// Published records of other groups at places that edits hide.
    others: Vec<Neighbour>,
    /// What the edits hide, compared with all other records once every edit is planned.
    hidden: Vec<Hidden>,
    /// What names of towns mean, once a draft has such a name. Dropped with the request: a node
    /// rarely publishes, and they would take memory in between.
    places: OnceCell<Places>,
    /// Records that edits have concerned so far.
    seen: BTreeSet<RecordName>,
    violations: Vec<FieldViolation>,
}

/// A location or text that an edit takes out of the public records.
struct Hidden {
    concealed: Concealed,
    /// The record that hides it, as a neighbour of others.
    handle: String,
    /// Prefix of the edit's field paths.
    path: String,
    field: &'static str,
    confirmed: Vec<String>,
}

impl Planner {
    fn plan(mut self, edits: Vec<(Edit, Option<Existing>)>) -> Result<Vec<Step>, Failure> {
        let mut steps = Vec::with_capacity(edits.len());
        for (edit, existing) in edits {
            steps.extend(self.step(edit, existing)?);
        }
        self.check_hidden();
        if self.violations.is_empty() {
            Ok(steps)
        } else {
            Err(Failure::invalid(self.violations))
        }
    }

    /// Plans one edit. `None` means that it violates a rule; the others are checked
    /// nevertheless, so that the steward can correct all of them together.
    fn step(&mut self, edit: Edit, existing: Option<Existing>) -> Result<Option<Step>, Failure> {
        let (path, name_field) = (edit.path, edit.name_field);
        match edit.change {
            Change::Withdraw {
                name,
                etag,
                confirmed,
            } => {
                let existing = existing.ok_or_else(|| unknown_record(&path, &name))?;
                check_etag(&path, &existing, etag.as_deref())?;
                self.check_first_edit(&path, name_field, &name);
                let (kind, body) = kind_and_body(&existing.parsed);
                let hides = Concealed::by_withdrawal(kind, name.key.as_str(), body, self.now);
                let hides = hides.filter(|_| existing.is_public());
                self.hide(&path, name_field, hides, name.to_string(), &confirmed);
                Ok(Some(Step::Withdraw {
                    record: existing.record,
                }))
            }
            Change::Replace { name, draft, etag } => {
                let existing = existing.ok_or_else(|| unknown_record(&path, &name))?;
                check_etag(&path, &existing, etag.as_deref())?;
                let collection = name.collection.clone();
                let path = (path.as_str(), name_field);
                Ok(self.put(path, &collection, &draft, Some(name), Some(existing)))
            }
            Change::Add {
                collection,
                draft,
                may_replace,
            } => {
                if let Some(existing) = existing.as_ref().filter(|_| !may_replace) {
                    return Err(record_exists(&path, &existing.record.entry.name));
                }
                let path = (path.as_str(), name_field);
                Ok(self.put(path, &collection, &draft, None, existing))
            }
        }
    }

    fn put(
        &mut self,
        (path, name_field): (&str, &'static str),
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
        let handle = handle_of(collection, name.as_ref(), existing.as_ref(), draft);
        let prepared = self.prepare(path, collection, draft, audience.as_ref(), &handle);
        if let Some(existing) = existing.as_ref().filter(|existing| existing.is_public()) {
            let body = prepared
                .as_ref()
                .map_or(&draft.body, |prepared| &prepared.body);
            self.compare_versions(path, existing, body, draft, audience.as_ref(), &handle);
        }
        let prepared = prepared?;
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
        let name = self.name((path, name_field), collection, name, &prepared)?;
        self.add_neighbour(handle, collection, &prepared.body, &audience);
        let Some(existing) = existing else {
            return self.record(path, name, prepared, draft, (audience, consent), None);
        };
        if has_content(&existing, &prepared, draft, &audience)
            && existing.record.entry.consent == consent
        {
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
        handle: &str,
    ) -> Option<Prepared> {
        // A private record cannot reveal a place that another record blurs. If it is made
        // public later, that edit is compared.
        let public = audience.is_none_or(|audience| *audience == Audience::Public);
        let neighbours = if public {
            self.neighbours.as_slice()
        } else {
            &[]
        };
        let checked = Draft {
            group_id: &self.request.group.id,
            collection,
            body: &draft.body,
            language: &draft.language,
            subject: draft.subject.as_ref(),
            confirmed: &draft.confirmed,
            now: self.now,
        };
        let places = &self.places;
        let config = &self.request.shared.config;
        let resolve = |name: &str| {
            let places = places.get_or_init(|| {
                let pack = config.open_place_pack().ok().flatten();
                pack.unwrap_or_else(Places::open_embedded)
            });
            places.named_place(name)
        };
        match prepare(&checked, neighbours, &resolve) {
            Ok(prepared) => Some(prepared),
            Err(violations) => {
                self.extend_violations(path, violations);
                // Nothing is published, but the later edits are compared nevertheless: the
                // steward is shown all problems together.
                if public {
                    let body = &draft.body;
                    self.add_neighbour(handle.to_owned(), collection, body, &Audience::Public);
                }
                None
            }
        }
    }

    /// Remembers what a new version of a public record no longer shows.
    fn compare_versions(
        &mut self,
        path: &str,
        existing: &Existing,
        after: &[u8],
        draft: &steward_v1::RecordDraft,
        audience: Option<&Audience>,
        handle: &str,
    ) {
        let (kind, before) = kind_and_body(&existing.parsed);
        let key = existing.parsed.name().key.as_str();
        let handle = handle.to_owned();
        if audience.is_some_and(|audience| *audience != Audience::Public) {
            let hides = Concealed::by_narrowing(kind, key, before);
            self.hide(path, "audience", hides, handle, &draft.confirmed);
            return;
        }
        let Ok(body) = RecordBody::parse(kind, after) else {
            return;
        };
        if let Some(hides) = Concealed::by_edit(kind, key, before, &body) {
            let mut own = hides.in_own_texts(kind, after);
            own.retain(|violation| !violation.is_confirmed(&draft.confirmed));
            self.extend_violations(path, own);
            self.hide(path, "", Some(hides), handle, &draft.confirmed);
        }
    }

    fn hide(
        &mut self,
        path: &str,
        field: &'static str,
        concealed: Option<Concealed>,
        handle: String,
        confirmed: &[String],
    ) {
        self.hidden.extend(concealed.map(|concealed| Hidden {
            concealed,
            handle,
            path: path.to_owned(),
            field,
            confirmed: confirmed.to_vec(),
        }));
    }

    /// Reports every record that still shows what an edit hides. Runs after all edits: a
    /// later edit of the request may have changed that record.
    fn check_hidden(&mut self) {
        for hidden in std::mem::take(&mut self.hidden) {
            let neighbours = self.neighbours.iter().chain(&self.others);
            let neighbours = neighbours.filter(|it| it.handle() != hidden.handle);
            let mut violations = hidden.concealed.still_shown(hidden.field, neighbours);
            // The comparison of the places may have reported the record already.
            violations.retain(|it| {
                let confirmation = it.confirmation();
                let is_reported = self.violations.iter().any(|other| {
                    other.field.starts_with(&hidden.path) && other.reason == confirmation
                });
                !is_reported && !it.is_confirmed(&hidden.confirmed)
            });
            self.extend_violations(&hidden.path, violations);
        }
    }

    /// Returns the record's name: its own, its subject's, or a random one.
    fn name(
        &mut self,
        (path, name_field): (&str, &'static str),
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
        self.check_first_edit(path, name_field, &name);
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
            self.violate(path, "", "record_too_large", message);
            return None;
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

    /// Adds a record, so that later edits of the request are compared with it.
    fn add_neighbour(
        &mut self,
        handle: String,
        collection: &Collection,
        body: &[u8],
        audience: &Audience,
    ) {
        if *audience == Audience::Public {
            let neighbour = Neighbour::own(handle, collection.as_str(), body);
            self.neighbours.extend(neighbour);
        }
    }

    /// Reports a second edit of the same record. Each edit was loaded with the state before
    /// the request, so a second one would silently discard the first.
    fn check_first_edit(&mut self, path: &str, name_field: &str, name: &RecordName) {
        if !self.seen.insert(name.clone()) {
            let message = format!("{name} already has an earlier change in this request");
            self.violate(path, name_field, "changed_twice", message);
        }
    }

    fn extend_violations(&mut self, path: &str, violations: impl IntoIterator<Item = Violation>) {
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

/// Returns the name of a record in confirmations. A new record has no key yet, and gets
/// another one each time; its content names it, so that a confirmation ends with a change.
fn handle_of(
    collection: &Collection,
    name: Option<&RecordName>,
    existing: Option<&Existing>,
    draft: &steward_v1::RecordDraft,
) -> String {
    const DIGITS: usize = 16;
    let name = name.or_else(|| existing.map(|existing| &existing.record.entry.name));
    match name {
        Some(name) => name.to_string(),
        None => {
            let hash = hex::encode(Sha256::digest(&draft.body));
            format!("{collection}/new-{}", hash.get(..DIGITS).unwrap_or(&hash))
        }
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
