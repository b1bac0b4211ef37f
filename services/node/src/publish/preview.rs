//! What an edit would do.

use super::plan::Step;
use crate::audience::Audience;

/// One planned edit.
#[derive(Clone, Debug)]
pub(crate) struct Preview {
    pub(crate) audience: Audience,
    /// The record as it would be published; `None` if it is taken back.
    pub(crate) record: Option<Vec<u8>>,
    /// Sentences that describe what the node would change before publishing.
    pub(crate) adjustments: Vec<String>,
}

pub(super) fn preview_of(step: Step) -> Preview {
    let (entry, record) = match step {
        Step::Put { record, bytes, .. } => (record, Some(bytes)),
        Step::Unchanged { record, bytes } => (record.entry, Some(bytes)),
        Step::Withdraw { record } => (record.entry, None),
    };
    Preview {
        audience: entry.audience,
        record,
        adjustments: entry.adjustments,
    }
}
