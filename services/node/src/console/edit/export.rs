//! `/settings/export`: everything of a group in one JSON file.

use axum::body::Body;
use axum::response::Response;
use hedgerow_core::record::ParsedRecord;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde_json::{Value, json};

use super::super::failed::Failed;
use super::super::steward::InGroup;
use super::take_back_all::names;

/// `GET`. Without keys: those are in the node's folder, and on the recovery sheet.
pub(super) async fn file(visit: InGroup) -> Result<Response, Failed> {
    visit.require_steward()?;
    let names = names(&visit).await?;
    let mut reading = visit.shared().store.read().await?;
    let mut records = Vec::with_capacity(names.len());
    for name in names {
        let Some(record) = reading.record(&visit.group.id, &name).await? else {
            continue;
        };
        let Some(bytes) = reading.body(&visit.group.id, &record.entry.hash).await? else {
            continue;
        };
        let parsed = ParsedRecord::parse_within(&bytes, &visit.group.id, bytes.len());
        let Ok(parsed) = parsed else {
            continue;
        };
        let message = parsed.message();
        let consent = record.entry.consent.as_ref();
        records.push(json!({
            "kind": name.collection.as_str(),
            "key": name.key.as_str(),
            "audience": record.entry.audience.to_text(),
            "language": message.language,
            "created": record.entry.create_time.to_string(),
            "changed": record.entry.update_time.to_string(),
            "body": body(name.collection.as_str(), &message.body),
            "consent": consent.map(|consent| json!({
                "given_date": consent.given_date,
                "review_date": consent.review_date,
                "words": consent.words,
            })),
            "record": hex::encode(&bytes),
        }));
    }
    let key_log = reading.key_log(&visit.group.id).await?;
    drop(reading);
    let file = json!({
        "format": "hedgerow-group-1",
        "group_id": visit.group.id.to_string(),
        "key_log": key_log.iter().map(hex::encode).collect::<Vec<_>>(),
        "records": records,
    });
    let mut response = Response::new(Body::from(file.to_string()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let attachment = HeaderValue::from_static("attachment; filename=\"hedgerow.json\"");
    headers.insert(CONTENT_DISPOSITION, attachment);
    Ok(response)
}

/// The fields of a body by the protocol's names; null for a kind that this build does not know.
fn body(kind: &str, bytes: &[u8]) -> Value {
    hedgerow_forms::to_json(kind, bytes).unwrap_or(Value::Null)
}
