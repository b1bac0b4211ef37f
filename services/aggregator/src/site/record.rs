//! `GET /group/{group}/{collection}/{key}`: one record, in the order that a newcomer needs.

use axum::extract::Path;
use axum::response::Response;
use hedgerow_core::id::GroupId;
use hedgerow_core::recurrence::Budget;
use hedgerow_core::summary::Summary;
use hedgerow_proto::directory_v1::{SearchFilter, SearchHit, SearchRecordsRequest};
use hedgerow_record_views::calendar::has_file;
use hedgerow_record_views::sections::sections;
use hedgerow_record_views::{RecordContent, kind};
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::components::{Check, Trust};
use hedgerow_web::pages::{Record, RecordView};
use hedgerow_web::view::Hit;
use hedgerow_web::{Text, response};
use http::StatusCode;

use super::about::contact;
use super::hit::{group_href, hit, href};
use super::locator::locator;
use super::source::{freshness, state, voice};
use super::visit::Visit;

/// Other records of the same group on a page.
const MAX_RELATED: usize = 6;

pub(super) async fn record(
    visit: Visit,
    Path((group, collection, key)): Path<(String, String, String)>,
) -> Response {
    let Ok(group) = group.parse::<GroupId>() else {
        return visit.problem(StatusCode::NOT_FOUND);
    };
    match view(&visit, &group, &collection, &key).await {
        Ok(view) => response::page(StatusCode::OK, &Record::new(visit.shell.clone(), view)),
        Err(failure) => visit.failed(&failure),
    }
}

async fn view(
    visit: &Visit,
    group: &GroupId,
    collection: &str,
    key: &str,
) -> Result<RecordView, CallFailure> {
    let stored = visit.stored(group.as_bytes(), collection, key).await?;
    let others = others(visit, group, &stored).await?;
    let summary = Summary::from_body(&stored.body).unwrap_or_default();
    let hit = as_hit(group, collection, key, &summary, others.first());
    // The records of a cataloguer have nothing to do with each other.
    let related = match stored.is_catalogued() {
        true => Vec::new(),
        false => related(visit, collection, key, &others).await,
    };
    Ok(RecordView {
        related,
        ..record_view(visit, &hit, &stored)
    })
}

/// What the page of a record says, without other records of the group.
pub(super) fn record_view(visit: &Visit, hit: &SearchHit, stored: &RecordContent) -> RecordView {
    let summary = Summary::from_body(&stored.body).unwrap_or_default();
    let record_page = href(&hit.group_id, &hit.collection, &hit.key);
    let language = stored.language.as_str();
    let trust = Trust {
        voice: voice(hit, language),
        check: Check {
            record_href: format!("{record_page}/record"),
            proof_href: format!("{record_page}/proof"),
            full_name: record_page.trim_start_matches("/group/").to_owned(),
            hash: stored.hash.clone(),
        },
        yours_href: Some(format!("{record_page}/yours")),
        operator_contact: contact(&visit.site.config.contact),
    };
    RecordView {
        kind: kind(&hit.collection),
        title: Text::new(&summary.title, language),
        publisher: Text::new(&hit.publisher_name, language),
        publisher_href: group_href(&hit.group_id),
        summary: Text::new(&summary.summary, language),
        state: state(hit, Some(stored)),
        state_words: stored.state_words(),
        freshness: freshness(hit, Some(stored), visit.now),
        calendar_href: has_file(stored).then(|| format!("{record_page}/event.ics")),
        sections: sections(stored, visit.words(), visit.now, &Budget::default()),
        sources: stored.sources(visit.words()),
        related: Vec::new(),
        locator: locator(&summary, visit.maps()),
        trust,
    }
}

/// Records of the same group. They come with the publisher's name, its status and the age of its
/// head, for which one is enough.
pub(super) async fn others(
    visit: &Visit,
    group: &GroupId,
    stored: &RecordContent,
) -> Result<Vec<SearchHit>, CallFailure> {
    let wanted = match stored.is_catalogued() {
        true => 1,
        false => MAX_RELATED + 1,
    };
    let request = SearchRecordsRequest {
        filter: Some(SearchFilter {
            group_id: group.to_vec(),
            ..SearchFilter::default()
        }),
        page_size: i32::try_from(wanted).unwrap_or(1),
        ..SearchRecordsRequest::default()
    };
    Ok(visit.search(request).await?.hits)
}

/// What a hit would say of this record, with what another record of the group says of the group.
pub(super) fn as_hit(
    group: &GroupId,
    collection: &str,
    key: &str,
    summary: &Summary,
    other: Option<&SearchHit>,
) -> SearchHit {
    let other = other.cloned().unwrap_or_default();
    SearchHit {
        group_id: group.to_vec(),
        collection: collection.to_owned(),
        key: key.to_owned(),
        publisher_name: other.publisher_name.clone(),
        identity: other.identity,
        status: other.status,
        head_issue_time: other.head_issue_time,
        voice: summary.voice.unwrap_or_default().into(),
        source: summary.source.clone(),
        confirm_time: summary.confirm_time.map(Into::into),
        ..SearchHit::default()
    }
}

async fn related(visit: &Visit, collection: &str, key: &str, others: &[SearchHit]) -> Vec<Hit> {
    let is_other = |hit: &&SearchHit| hit.collection != collection || hit.key != key;
    let others: Vec<&SearchHit> = others.iter().filter(is_other).take(MAX_RELATED).collect();
    let stored = visit.stored_of(&others).await;
    let rows = others.iter().zip(&stored);
    rows.map(|(one, stored)| hit(one, stored.as_ref(), visit.words(), visit.now))
        .collect()
}
