//! `GET /g/{group}/{collection}`: all records of one kind, page by page.

use axum::extract::Path;
use axum::response::Response;
use hedgerow_core::name::collection;
use hedgerow_record_views::kind;
use hedgerow_web::pages::{NodeRecords, NodeRecordsView};
use hedgerow_web::response;
use hedgerow_web::view::Kind;
use http::StatusCode;

use super::public_view::{decode, group_href, name_of};
use super::visit::{Unshown, Visit};

/// Records of a page.
const PAGE_SIZE: u32 = 100;

pub(super) async fn records(
    visit: Visit,
    Path((group, collection)): Path<(String, String)>,
) -> Response {
    match view(&visit, &group, &collection).await {
        Ok(view) => {
            let page = NodeRecords::new(visit.shell.clone(), view);
            response::page(StatusCode::OK, &page)
        }
        Err(why) => visit.unshown(&why),
    }
}

async fn view(visit: &Visit, group: &str, collection: &str) -> Result<NodeRecordsView, Unshown> {
    let kind = kind(collection);
    if !collection::KNOWN.contains(&collection) || kind == Kind::Other {
        return Err(Unshown::NotFound);
    }
    let mut open = visit.open(group).await?;
    let listings = open.listings().await?;
    let id = open.group.id;
    let mut reading = open.reading;
    // Without the total of bytes that a page may read, the last record would be the page's last.
    let records = reading.public_records(&id, collection, &visit.after, PAGE_SIZE);
    let records = records.await?;
    let Some(last) = records.last().map(|last| last.name.key.as_str().to_owned()) else {
        return Err(Unshown::NotFound);
    };
    let has_more = !reading
        .public_records(&id, collection, &last, 1)
        .await?
        .is_empty();
    drop(reading);
    let href = group_href(&id);
    let (name, records) = visit
        .work(move || (name_of(&id, listings), decode(&id, records)))
        .await?;
    let records = records.iter();
    Ok(NodeRecordsView {
        group: name,
        kind,
        records: records
            .map(|shown| (shown.href(&id), shown.title()))
            .collect(),
        next_href: has_more.then(|| format!("{href}/{collection}?after={last}")),
        group_href: href,
    })
}
