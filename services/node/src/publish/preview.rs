//! What an edit would do.

use hedgerow_core::name::RecordName;

use super::plan::Step;
use crate::audience::Audience;

/// One planned edit.
#[derive(Clone, Debug)]
pub(crate) struct Preview {
    /// A new record gets another random key when it is published.
    pub(crate) name: RecordName,
    pub(crate) audience: Audience,
    /// The record as it would be published; `None` if it is taken back.
    pub(crate) record: Option<Vec<u8>>,
    /// Sentences that describe what the node would change before publishing.
    pub(crate) adjustments: Vec<String>,
    /// Whether anything would change.
    pub(crate) changes: bool,
}

pub(super) fn preview_of(step: Step) -> Preview {
    let (entry, record, changes) = match step {
        Step::Put { record, bytes, .. } => (record, Some(bytes), true),
        Step::Unchanged { record, bytes } => (record.entry, Some(bytes), false),
        Step::Withdraw { record } => (record.entry, None, true),
    };
    Preview {
        name: entry.name,
        audience: entry.audience,
        record,
        adjustments: entry.adjustments,
        changes,
    }
}
