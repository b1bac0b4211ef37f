//! Parts of requests that several calls take.

use hedgerow_core::name::Collection;
use hedgerow_core::name::RecordName;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;

/// A record's name, which must be there.
pub(super) fn record_name(
    field: &str,
    name: Option<&v1::RecordName>,
) -> Result<RecordName, Failure> {
    let name = name.ok_or_else(|| missing(field))?;
    RecordName::try_from(name)
        .map_err(|error| Failure::invalid_field(field, error.reason(), error.to_string()))
}

/// A kind of record.
pub(super) fn collection(field: &str, name: &str) -> Result<Collection, Failure> {
    Collection::parse(name)
        .map_err(|error| Failure::invalid_field(field, error.reason(), error.to_string()))
}

/// A draft, which must be there.
pub(super) fn draft(
    field: &str,
    draft: Option<v1::RecordDraft>,
) -> Result<v1::RecordDraft, Failure> {
    draft.ok_or_else(|| missing(field))
}

/// An etag, where one is given.
pub(super) fn etag(etag: String) -> Option<String> {
    Some(etag).filter(|etag| !etag.is_empty())
}

/// A field that must be there.
pub(super) fn missing(field: &str) -> Failure {
    Failure::invalid_field(field, "missing", "must be given")
}
