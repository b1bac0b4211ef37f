//! `POST /sheet`: the ticked records on a page to print and hand over.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hedgerow_core::recurrence::Budget;
use hedgerow_core::summary::Summary;
use hedgerow_record_views::kind;
use hedgerow_record_views::sections::sections;
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::form::Form;
use hedgerow_web::pages::{Sheet, SheetEntry, SheetView};
use hedgerow_web::view::{Heading, Item, Kind, Section};
use hedgerow_web::{Text, response};
use http::StatusCode;
use tonic::Code;

use super::hit::href;
use super::picked::{MAX_PICKED, Picked, picked};
use super::record::{as_hit, others};
use super::source::{state, voice};
use super::visit::Visit;

/// Sections that a person needs who has only the paper. The code leads to the others.
const SECTIONS: [Heading; 4] = [
    Heading::WhenAndWhere,
    Heading::Join,
    Heading::Access,
    Heading::Cost,
];

/// Next times of an entry. Paper gets old.
const NEXT_TIMES: usize = 3;

pub(super) async fn sheet(visit: Visit, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let posted = match Form::read(&parts.headers, body).await {
        Ok(posted) => posted,
        Err(status) => return visit.problem(status),
    };
    let mut all = picked(&posted);
    let is_full = all.len() > MAX_PICKED;
    all.truncate(MAX_PICKED);
    let mut view = SheetView {
        entries: Vec::with_capacity(all.len()),
        gone: 0,
        is_full,
        made: visit.today,
    };
    for one in &all {
        match entry(&visit, one).await {
            Ok(entry) => view.entries.push(entry),
            Err(failure) if is_gone(&failure) => view.gone += 1,
            Err(failure) => return visit.failed(&failure),
        }
    }
    response::page(StatusCode::OK, &Sheet::new(visit.shell.clone(), view))
}

/// Whether a record was taken back after it was ticked, or was never published.
fn is_gone(failure: &CallFailure) -> bool {
    matches!(failure.code, Code::NotFound | Code::InvalidArgument)
}

async fn entry(visit: &Visit, one: &Picked) -> Result<SheetEntry, CallFailure> {
    let Picked {
        group,
        collection,
        key,
    } = one;
    let stored = visit.stored(group.as_bytes(), collection, key).await?;
    let others = others(visit, group, &stored).await?;
    let summary = Summary::from_body(&stored.body).unwrap_or_default();
    let hit = as_hit(group, collection, key, &summary, others.first());
    let href = href(group.as_bytes(), collection, key);
    let address = visit.address(&href);
    let kind = kind(collection);
    let all = sections(&stored, visit.words(), visit.now, &Budget::default());
    let mut sections: Vec<Section> = all
        .into_iter()
        .filter(|section| SECTIONS.contains(&section.heading))
        .collect();
    for item in sections.iter_mut().flat_map(|section| &mut section.items) {
        if let Item::Times(times) = item {
            times.next.truncate(NEXT_TIMES);
        }
    }
    Ok(SheetEntry {
        kind,
        title: Text::new(&summary.title, &stored.language),
        by: (kind != Kind::Group).then(|| Text::new(&hit.publisher_name, &stored.language)),
        summary: Text::new(&summary.summary, &stored.language),
        state: state(&hit, Some(&stored)),
        sections,
        voice: voice(&hit, &stored.language),
        address,
        href,
    })
}
