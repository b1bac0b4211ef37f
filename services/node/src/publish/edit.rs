//! The edits that a steward requests, and their results.

use hedgerow_core::name::{Collection, RecordName};
use hedgerow_proto::steward_v1;

use crate::store::StoredRecord;

/// One edit of a request.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    /// Prefix of the field paths in violations, such as `changes[3].put.`; empty in a request
    /// with a single edit.
    pub(crate) path: String,
    /// The field that names the record, after the prefix.
    pub(crate) name_field: &'static str,
    pub(crate) change: Change,
}

#[derive(Clone, Debug)]
pub(crate) enum Change {
    Add {
        collection: Collection,
        draft: steward_v1::RecordDraft,
        /// Whether to replace an existing catalogued record, whose name is given by its
        /// subject, instead of rejecting the edit.
        may_replace: bool,
    },
    /// Replaces a record, provided that it still has the etag, if one is given.
    Replace {
        name: RecordName,
        draft: steward_v1::RecordDraft,
        etag: Option<String>,
    },
    /// Withdraws a record, with the same condition.
    Withdraw {
        name: RecordName,
        etag: Option<String>,
        /// Violations that the steward has confirmed.
        confirmed: Vec<String>,
    },
}

/// A record after its edit, with its body.
#[derive(Clone, Debug)]
pub(crate) struct WrittenRecord {
    pub(crate) record: StoredRecord,
    pub(crate) bytes: Vec<u8>,
}

impl WrittenRecord {
    pub(crate) fn into_proto(self) -> steward_v1::StewardRecord {
        steward_record(&self.record, self.bytes)
    }

    pub(crate) fn into_proto_without_bytes(self) -> steward_v1::StewardRecord {
        steward_record(&self.record, Vec::new())
    }
}

/// The result of a request's edits.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// Added and replaced records, in the order of the request.
    pub(crate) records: Vec<WrittenRecord>,
    /// Envelope of the newest public head; empty if there is none.
    pub(crate) head: Vec<u8>,
}

/// Converts a record to the message that its steward receives.
pub(crate) fn steward_record(record: &StoredRecord, bytes: Vec<u8>) -> steward_v1::StewardRecord {
    steward_v1::StewardRecord {
        name: Some(record.entry.name.to_proto()),
        record: bytes,
        audience: Some(record.entry.audience.to_proto()),
        etag: record.etag(),
        published: record.published,
        adjustments: record.entry.adjustments.clone(),
        consent: record.entry.consent.clone(),
    }
}
