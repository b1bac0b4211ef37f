//! Failures and violations of a single edit.

use hedgerow_core::name::RecordName;
use hedgerow_transport::failure::Failure;

use super::load::Existing;

pub(super) fn check_etag(
    path: &str,
    existing: &Existing,
    etag: Option<&str>,
) -> Result<(), Failure> {
    match etag {
        Some(etag) if etag != existing.record.etag() => Err(Failure::failed_precondition(
            "etag_mismatch",
            format!(
                "{} was changed since it was read: read it again and repeat the change",
                which(path, &existing.record.entry.name)
            ),
        )
        .with("etag", existing.record.etag())),
        _ => Ok(()),
    }
}

pub(super) fn unknown_record(path: &str, name: &RecordName) -> Failure {
    Failure::not_found(
        "record_unknown",
        format!(
            "{} is not among this group's records; it may have been taken back",
            which(path, name)
        ),
    )
}

pub(super) fn record_exists(path: &str, name: &RecordName) -> Failure {
    Failure::already_exists(
        "record_exists",
        format!("{} already exists: replace it instead", which(path, name)),
    )
}

/// Joins a path and a field. An empty field means the draft's body as a whole: every path
/// must name a field of the request.
pub(super) fn field_path(path: &str, field: &str) -> String {
    let field = if field.is_empty() {
        "draft.body"
    } else {
        field
    };
    format!("{path}{field}")
}

/// Names the record, and its edit if there are several.
fn which(path: &str, name: &RecordName) -> String {
    match path.strip_suffix('.') {
        Some(path) => format!("{path} ({name})"),
        None => name.to_string(),
    }
}
