//! Drafts of records, before they are sent to a node.

use std::cell::LazyCell;

use hedgerow_client::{FieldViolation, GroupId};
use hedgerow_core::name::Collection;
use hedgerow_core::rules;
use hedgerow_core::time::Timestamp;
use hedgerow_places::Places;
use hedgerow_proto::steward_v1::record_change::Change;
use hedgerow_proto::steward_v1::{NewRecord, RecordChange, RecordDraft};

use crate::installed_places::InstalledPlaces;

/// Checks a draft by the rules that the node applies, and prepares it as the node would.
///
/// # Errors
/// Every violation at once.
///
/// # Panics
/// If the kind is not a collection of the protocol.
pub fn prepare(
    kind: &str,
    draft: &RecordDraft,
    group_id: &GroupId,
    now: Timestamp,
) -> Result<rules::Prepared, Vec<FieldViolation>> {
    let draft = rules::Draft {
        group_id,
        collection: &Collection::parse(kind).expect("a collection of the protocol"),
        body: &draft.body,
        language: &draft.language,
        subject: draft.subject.as_ref(),
        confirmed: &draft.confirmed,
        now,
    };
    let places = LazyCell::new(|| InstalledPlaces::open().ok());
    let resolve = |name: &str| match &*places {
        Some(installed) => installed.places().named_place(name),
        None => Places::embedded().named_place(name),
    };
    rules::prepare(&draft, &[], &resolve)
        .map_err(|violations| violations.into_iter().map(FieldViolation::from).collect())
}

/// The change that adds a record.
pub fn put(kind: &str, draft: RecordDraft) -> RecordChange {
    RecordChange {
        change: Some(Change::Put(NewRecord {
            collection: kind.to_owned(),
            draft: Some(draft),
        })),
    }
}
