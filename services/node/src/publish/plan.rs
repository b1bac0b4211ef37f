//! The rules at work: what each edit makes of which record, or every violation at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use hedgerow_core::name::Collection;
use hedgerow_core::name::RecordKey;
use hedgerow_core::name::RecordName;
use hedgerow_core::record::NewRecord;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::record::record_hash;
use hedgerow_core::rules::Draft;
use hedgerow_core::rules::PlaceInUse;
use hedgerow_core::rules::Prepared;
use hedgerow_core::rules::Violation;
use hedgerow_core::rules::check_consent;
use hedgerow_core::rules::prepare;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::failure::FieldViolation;

use super::Change;
use super::Edit;
use super::gather::Existing;
use super::gather::Gathered;
use super::gather::is_random_key;
use super::gather::places_of;
use crate::audience::Audience;
use crate::group::Group;
use crate::node::Shared;
use crate::store::KeptRecord;
use crate::store::RecordToKeep;

/// What is to be done, in the order of the edits.
pub(super) enum Step {
    /// Keep a record in place of `before`.
    Keep {
        record: RecordToKeep,
        bytes: Vec<u8>,
        before: Option<Box<KeptRecord>>,
    },
    /// Nothing: the record says it already.
    AsItIs { record: KeptRecord, bytes: Vec<u8> },
    /// Take a record back.
    TakeBack { record: KeptRecord },
}

/// Judges all edits. Off the async threads: a thousand drafts take a while.
pub(super) async fn plan(
    shared: &Arc<Shared>,
    group: &Arc<Group>,
    gathered: Gathered,
) -> Result<Vec<Step>, Failure> {
    let planner = Planner {
        shared: Arc::clone(shared),
        group: Arc::clone(group),
        now: shared.now(),
        places: gathered.places,
        named: BTreeSet::new(),
        violations: Vec::new(),
    };
    let work = tokio::task::spawn_blocking(move || planner.plan(gathered.edits));
    work.await.map_err(Failure::internal)?
}

struct Planner {
    shared: Arc<Shared>,
    group: Arc<Group>,
    now: Timestamp,
    /// Places of the group's public records, as they will be with the edits so far.
    places: Vec<PlaceInUse>,
    /// Records that edits so far are about.
    named: BTreeSet<RecordName>,
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

    /// `None` where the edit breaks a rule: the others are judged nevertheless.
    fn step(&mut self, edit: Edit, existing: Option<Existing>) -> Result<Option<Step>, Failure> {
        let path = edit.path;
        match edit.change {
            Change::TakeBack { name, etag } => {
                let existing = existing.ok_or_else(|| unknown(&path, &name))?;
                check_etag(&path, &existing, etag.as_deref())?;
                self.names_once(&path, &name);
                Ok(Some(Step::TakeBack {
                    record: existing.record,
                }))
            }
            Change::Replace { name, draft, etag } => {
                let existing = existing.ok_or_else(|| unknown(&path, &name))?;
                check_etag(&path, &existing, etag.as_deref())?;
                let collection = name.collection.clone();
                Ok(self.keep(&path, &collection, &draft, Some(name), Some(existing)))
            }
            Change::Add {
                collection,
                draft,
                may_replace,
            } => {
                if let Some(existing) = existing.as_ref().filter(|_| !may_replace) {
                    return Err(there_already(&path, &existing.record.kept.name));
                }
                Ok(self.keep(&path, &collection, &draft, None, existing))
            }
        }
    }

    fn keep(
        &mut self,
        path: &str,
        collection: &Collection,
        draft: &v1::RecordDraft,
        name: Option<RecordName>,
        existing: Option<Existing>,
    ) -> Option<Step> {
        let audience = Audience::asked_for(draft.audience.as_ref());
        if let Err(error) = &audience {
            self.violate(
                path,
                "audience.circle",
                "circle_malformed",
                error.to_string(),
            );
        }
        let there = existing.as_ref().map(|there| &there.record);
        let recorded = there.and_then(|there| there.kept.consent.clone());
        let consent = draft.consent.clone().or(recorded);
        let before = self.violations.len();
        let broken = check_consent(collection, consent.as_ref(), self.now);
        self.violations
            .extend(broken.into_iter().map(|broken| told(path, broken)));
        let consented = self.violations.len() == before;
        let asked_for = audience.as_ref().ok().cloned().flatten();
        let audience_known = asked_for.or_else(|| there.map(|there| there.kept.audience.clone()));
        let prepared = self.prepare(path, collection, draft, audience_known.as_ref())?;
        audience.ok()?;
        if !consented {
            return None;
        }
        let audience = audience_known.unwrap_or(if prepared.default_node_only {
            Audience::NodeOnly
        } else {
            Audience::Public
        });
        let name = self.name(path, collection, name, &prepared)?;
        if let Some(existing) = existing {
            if says(&existing, &prepared, draft, &audience)
                && existing.record.kept.consent == consent
            {
                self.occupy(&existing.parsed, &audience);
                return Some(Step::AsItIs {
                    bytes: existing.parsed.bytes().to_vec(),
                    record: existing.record,
                });
            }
            let before = Some(existing.record);
            return self.record(path, name, prepared, draft, (audience, consent), before);
        }
        self.record(path, name, prepared, draft, (audience, consent), None)
    }

    fn prepare(
        &mut self,
        path: &str,
        collection: &Collection,
        draft: &v1::RecordDraft,
        audience: Option<&Audience>,
    ) -> Option<Prepared> {
        // What nobody else sees undoes nobody's precision; made public, it is judged again.
        let seen = audience.is_none_or(|audience| *audience == Audience::Public);
        let neighbours = if seen { self.places.as_slice() } else { &[] };
        let draft = Draft {
            group_id: &self.group.id,
            collection,
            body: &draft.body,
            language: &draft.language,
            subject: draft.subject.as_ref(),
            confirmed: &draft.confirmed,
            now: self.now,
        };
        match prepare(&draft, neighbours) {
            Ok(prepared) => Some(prepared),
            Err(violations) => {
                self.violations.extend(
                    violations
                        .into_iter()
                        .map(|violation| told(path, violation)),
                );
                None
            }
        }
    }

    /// The record's name: its own, its subject's, or a fresh one.
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
                key: RecordKey::random(self.shared.bytes()),
            },
            (Some(name), Some(key)) if name.key == *key => name,
            (Some(name), None) if is_random_key(&name.key) => name,
            (Some(_), _) => {
                let words = "a catalogued listing keeps the key that its subject gives, and no \
                             other record has such a key: take this one back and add another";
                self.violate(path, "subject", "key_mismatch", words.to_owned());
                return None;
            }
        };
        self.names_once(path, &name);
        Some(name)
    }

    fn record(
        &mut self,
        path: &str,
        name: RecordName,
        prepared: Prepared,
        draft: &v1::RecordDraft,
        (audience, consent): (Audience, Option<v1::StoryConsent>),
        before: Option<KeptRecord>,
    ) -> Option<Step> {
        let created_at = before
            .as_ref()
            .map_or(self.now, |before| before.kept.created_at);
        let bytes = NewRecord {
            group_id: self.group.id,
            name: name.clone(),
            nonce: self.shared.bytes(),
            created_at,
            updated_at: self.now,
            language: prepared.language,
            body: prepared.body,
            subject: draft.subject.clone(),
        }
        .encode();
        let limit = self.shared.config.publishing.max_record_bytes as usize;
        if bytes.len() > limit {
            let words = format!(
                "is {} bytes long, at most {limit} are taken: shorten the longest texts",
                bytes.len()
            );
            self.violate(path, "body", "record_too_large", words);
            return None;
        }
        if let Ok(parsed) = ParsedRecord::parse_within(&bytes, &self.group.id, limit) {
            self.occupy(&parsed, &audience);
        }
        Some(Step::Keep {
            record: RecordToKeep {
                hash: record_hash(&bytes),
                length: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
                name,
                audience,
                adjustments: prepared.adjustments,
                consent,
                created_at,
                updated_at: self.now,
            },
            bytes,
            before: before.map(Box::new),
        })
    }

    /// Later edits of the same request must fit with this one too.
    fn occupy(&mut self, record: &ParsedRecord, audience: &Audience) {
        if *audience == Audience::Public {
            self.places.extend(places_of(record));
        }
    }

    fn names_once(&mut self, path: &str, name: &RecordName) {
        if !self.named.insert(name.clone()) {
            let words = format!("{name} is changed by an earlier change of this request already");
            self.violate(path, "name", "changed_twice", words);
        }
    }

    fn violate(&mut self, path: &str, field: &str, reason: &'static str, words: String) {
        self.violations
            .push(FieldViolation::new(within(path, field), reason, words));
    }
}

/// A violation as the steward is told of it.
fn told(path: &str, violation: Violation) -> FieldViolation {
    FieldViolation {
        field: within(path, &violation.field),
        reason: violation.reason.to_owned(),
        message: violation.message,
        confirmable: violation.confirmable,
    }
}

/// Whether a record says already what a draft does.
fn says(
    existing: &Existing,
    prepared: &Prepared,
    draft: &v1::RecordDraft,
    audience: &Audience,
) -> bool {
    let message = existing.parsed.message();
    message.body == prepared.body
        && message.language == prepared.language
        && message.subject == draft.subject
        && existing.record.kept.audience == *audience
}

fn check_etag(path: &str, existing: &Existing, etag: Option<&str>) -> Result<(), Failure> {
    match etag {
        Some(etag) if etag != existing.record.etag() => Err(Failure::failed_precondition(
            "etag_mismatch",
            format!(
                "{} was changed since it was read: read it again and make the change anew",
                which(path, &existing.record.kept.name)
            ),
        )
        .with("etag", existing.record.etag())),
        _ => Ok(()),
    }
}

fn unknown(path: &str, name: &RecordName) -> Failure {
    Failure::not_found(
        "record_unknown",
        format!(
            "{} is not among this group's records; it may have been taken back",
            which(path, name)
        ),
    )
}

fn there_already(path: &str, name: &RecordName) -> Failure {
    Failure::already_exists(
        "record_exists",
        format!("{} is there already: replace it instead", which(path, name)),
    )
}

/// A field's path within the request; of the record as a whole where it names none.
fn within(path: &str, field: &str) -> String {
    format!("{path}{field}").trim_end_matches('.').to_owned()
}

/// The record, and among many changes which one it is about.
fn which(path: &str, name: &RecordName) -> String {
    match path.strip_suffix('.') {
        Some(path) => format!("{path} ({name})"),
        None => name.to_string(),
    }
}
