//! Batches of changes in parts that fit into the writer's buffer.

use hedgerow_store::{IndexChange, IndexChangeKind};

use super::buffered_writer::MAX_BUFFERED_BYTES;

/// Bytes of a record that has not been read yet, approximately.
const TYPICAL_RECORD_BYTES: usize = 1024;

/// Splits changes into parts of about as many bytes as the buffer holds. Between two parts, the
/// changes so far can be committed.
pub(super) fn parts(changes: Vec<IndexChange>) -> Vec<Vec<IndexChange>> {
    let mut parts = vec![Vec::new()];
    let mut bytes = 0;
    for change in changes {
        if bytes >= MAX_BUFFERED_BYTES {
            parts.push(Vec::new());
            bytes = 0;
        }
        bytes += match &change.kind {
            IndexChangeKind::Put(record) => record.record.len(),
            IndexChangeKind::GroupShown(records) => *records as usize * TYPICAL_RECORD_BYTES,
            IndexChangeKind::Removed(_) | IndexChangeKind::GroupHidden => 0,
        };
        if let Some(part) = parts.last_mut() {
            part.push(change);
        }
    }
    parts
}
