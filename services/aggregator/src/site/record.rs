//! `GET /group/{group}/{collection}/{key}`: one record, in the order that a newcomer needs.

use axum::extract::Path;
use axum::response::Response;
use hedgerow_core::id::GroupId;
use hedgerow_core::recurrence::Budget;
use hedgerow_core::rules::RecordBody;
use hedgerow_core::summary::Summary;
use hedgerow_input::labels;
use hedgerow_proto::directory_v1::{SearchFilter, SearchHit, SearchRecordsRequest};
use hedgerow_proto::v1::{Source, Voice};
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::pages::{Check, Record, RecordView};
use hedgerow_web::view::{Hit, Section};
use hedgerow_web::{Text, WebLink, response};
use http::StatusCode;

use super::about::contact;
use super::calendar::calendar_href;
use super::hit::{group_href, hit, href};
use super::source::{freshness, kind, state, voice};
use super::stored::Stored;
use super::visit::Visit;
use sections::Sections;

mod event;
mod listing;
mod other;
mod resource;
mod sections;
mod who_for;

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
    let related = match is_catalogued(&stored) {
        true => Vec::new(),
        false => related(visit, collection, key, &others).await,
    };
    let config = &visit.site.config;
    let record_page = href(group.as_bytes(), collection, key);
    Ok(RecordView {
        kind: kind(collection),
        title: Text::new(&summary.title, &stored.language),
        publisher: Text::plain(&hit.publisher_name),
        publisher_href: group_href(group.as_bytes()),
        summary: Text::new(&summary.summary, &stored.language),
        state: state(&hit, Some(&stored)),
        state_words: state_words(&stored),
        voice: voice(&hit),
        freshness: freshness(&hit, Some(&stored), visit.now),
        calendar_href: calendar_href(group, collection, key, &stored.body),
        sections: sections_of(&stored, visit),
        sources: sources(&stored),
        related,
        check: Check {
            record_href: format!("{record_page}/record"),
            proof_href: format!("{record_page}/proof"),
            full_name: format!("{group}/{collection}/{key}"),
            hash: stored.hash.clone(),
        },
        operator_contact: contact(&config.contact),
    })
}

/// Records of the same group. They come with the publisher's name, its status and the age of its
/// head, for which one is enough.
async fn others(
    visit: &Visit,
    group: &GroupId,
    stored: &Stored,
) -> Result<Vec<SearchHit>, CallFailure> {
    let wanted = match is_catalogued(stored) {
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

fn is_catalogued(stored: &Stored) -> bool {
    match &stored.body {
        RecordBody::Listing(listing) => listing.voice() == Voice::Catalogued,
        _ => false,
    }
}

/// What a hit would say of this record, with what another record of the group says of the group.
fn as_hit(
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
    rows.map(|(one, stored)| hit(one, stored.as_ref(), visit.now))
        .collect()
}

fn state_words(stored: &Stored) -> Option<Text> {
    let words = match &stored.body {
        RecordBody::Listing(listing) => &listing.activity_state_words,
        RecordBody::Event(event) => &event.status_words,
        _ => return None,
    };
    Some(Text::new(words, &stored.language)).filter(|words| !words.is_empty())
}

fn sections_of(stored: &Stored, visit: &Visit) -> Vec<Section> {
    let budget = Budget::default();
    let sections = Sections::new(&stored.language, visit.words(), visit.now, &budget);
    match &stored.body {
        RecordBody::Listing(listing) => listing::sections(listing, &sections),
        RecordBody::Event(event) => event::sections(event, &sections),
        RecordBody::Offer(offer) => resource::offer(offer, &sections),
        RecordBody::Need(need) => resource::need(need, &sections),
        RecordBody::Story(story) => other::story(story, &sections),
        RecordBody::Commitment(commitment) => other::commitment(commitment, &sections),
        RecordBody::Vouch(vouch) => other::vouch(vouch, &sections),
        RecordBody::Circumstances(_) | RecordBody::Unknown => Vec::new(),
    }
}

fn sources(stored: &Stored) -> Vec<(Text, Option<WebLink>)> {
    let RecordBody::Listing(listing) = &stored.body else {
        return Vec::new();
    };
    let sources = listing.source.iter().chain(&listing.other_sources);
    sources
        .map(|source| (source_words(source), WebLink::web(&source.url)))
        .collect()
}

fn source_words(source: &Source) -> Text {
    let mut words = labels::source(source);
    if let Some(date) = labels::source_date(source) {
        words = format!("{words} ({date})");
    }
    if !source.note.is_empty() {
        words = format!("{words}. {}", source.note);
    }
    Text::plain(&words)
}
