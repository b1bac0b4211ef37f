//! `GET /group/{group}`: all that one group publishes.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;
use hedgerow_core::id::GroupId;
use hedgerow_proto::directory_v1::GetGroupRequest;
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_proto::ingest_v1::Admission;
use hedgerow_record_views::kind;
use hedgerow_web::pages::{Group, GroupView};
use hedgerow_web::view::Kind;
use hedgerow_web::{Text, response};
use http::StatusCode;

use super::hit::href;
use super::message::form_of;
use super::visit::Visit;

pub(super) async fn group(visit: Visit, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse::<GroupId>() else {
        return visit.problem(StatusCode::NOT_FOUND);
    };
    let request = GetGroupRequest {
        group_id: id.to_vec(),
    };
    let group = match visit.get_group(request).await {
        Ok(group) => group,
        Err(failure) => return visit.failed(&failure),
    };
    let mut records: BTreeMap<Kind, Vec<(String, Text)>> = BTreeMap::new();
    for record in &group.records {
        let href = href(id.as_bytes(), &record.collection, &record.key);
        let of_kind = records.entry(kind(&record.collection)).or_default();
        of_kind.push((href, Text::plain(&record.title)));
    }
    let status = group.admission.as_ref().map(Admission::status);
    let is_shown = matches!(
        status,
        Some(
            GroupStatus::Active | GroupStatus::Stale | GroupStatus::Throttled | GroupStatus::Frozen
        )
    );
    let hidden = status.filter(|_| !is_shown && records.is_empty());
    let message = match visit.receiver(&id).await {
        Ok(receiver) => receiver.map(|receiver| form_of(&receiver)),
        Err(failure) => return visit.broken(failure),
    };
    let view = GroupView {
        name: Text::plain(&group.name),
        id: id.to_string(),
        hidden: hidden
            .map(|status| Text::plain(&hedgerow_record_views::status(status, visit.words()))),
        records: records.into_iter().collect(),
        has_more: group.more_records,
        message,
    };
    response::page(StatusCode::OK, &Group::new(visit.shell.clone(), view))
}
