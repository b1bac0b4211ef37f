//! Parses the fields that several requests share.

use hedgerow_core::name::{Collection, RecordName};
use hedgerow_proto::{steward_v1, v1};
use hedgerow_transport::failure::Failure;

/// Parses a required record name.
pub(super) fn parse_name(
    field: &str,
    name: Option<&v1::RecordName>,
) -> Result<RecordName, Failure> {
    let name = name.ok_or_else(|| missing(field))?;
    RecordName::try_from(name)
        .map_err(|error| Failure::invalid_field(field, error.reason(), error.to_string()))
}

pub(super) fn parse_collection(field: &str, name: &str) -> Result<Collection, Failure> {
    Collection::parse(name)
        .map_err(|error| Failure::invalid_field(field, error.reason(), error.to_string()))
}

pub(super) fn require_draft(
    field: &str,
    draft: Option<steward_v1::RecordDraft>,
) -> Result<steward_v1::RecordDraft, Failure> {
    draft.ok_or_else(|| missing(field))
}

/// An empty etag means that the record's version does not matter.
pub(super) fn optional_etag(etag: String) -> Option<String> {
    Some(etag).filter(|etag| !etag.is_empty())
}

/// The failure for a required field that is absent.
pub(super) fn missing(field: &str) -> Failure {
    Failure::invalid_field(field, "missing", "must be given")
}
