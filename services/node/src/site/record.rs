//! `GET /g/{group}/{collection}/{key}`: one record.

use axum::extract::Path;
use axum::response::Response;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::recurrence::Budget;
use hedgerow_core::time::Timestamp;
use hedgerow_record_views::calendar::has_file;
use hedgerow_record_views::sections::sections;
use hedgerow_web::pages::{NodeRecord, NodeRecordView};
use hedgerow_web::{Text, Words, response};
use http::StatusCode;

use super::public_view::{Shown, decode, group_href, name_of};
use super::visit::{Unshown, Visit};
use crate::store::PublicRecord;

/// The parts of a record's address.
pub(super) type RecordPath = Path<(String, String, String)>;

pub(super) async fn record(visit: Visit, Path(path): RecordPath) -> Response {
    match view(&visit, &path).await {
        Ok(view) => {
            let page = NodeRecord::new(visit.shell.clone(), view);
            response::page(StatusCode::OK, &page)
        }
        Err(why) => visit.unshown(&why),
    }
}

async fn view(
    visit: &Visit,
    (group, collection, key): &(String, String, String),
) -> Result<NodeRecordView, Unshown> {
    let name = RecordName::parse(collection, key).map_err(|_| Unshown::NotFound)?;
    let mut open = visit.open(group).await?;
    let id = open.group.id;
    let record = open.reading.public_record(&id, &name).await?;
    let record = record.ok_or(Unshown::NotFound)?;
    let listings = open.listings().await?;
    let has_message_form = open.reading.contact_form(&id).await?;
    drop(open);
    let (words, now) = (visit.words(), visit.now);
    let fill = move || {
        let shown = decode(&id, vec![record]).pop()?;
        let view = fill(&id, &shown, listings, (words, now));
        Some(NodeRecordView {
            has_message_form,
            ..view
        })
    };
    visit.work(fill).await?.ok_or(Unshown::NotFound)
}

fn fill(
    group: &GroupId,
    shown: &Shown,
    listings: Vec<PublicRecord>,
    (words, now): (Words, Timestamp),
) -> NodeRecordView {
    let content = &shown.content;
    NodeRecordView {
        kind: shown.kind(),
        title: shown.title(),
        group: name_of(group, listings),
        group_href: group_href(group),
        summary: Text::new(&shown.summary.summary, &content.language),
        state: content.stated_state(),
        state_words: content.state_words(),
        freshness: shown.freshness(now),
        calendar_href: has_file(content).then(|| format!("{}/event.ics", shown.href(group))),
        sections: sections(content, words, now, &Budget::default()),
        is_catalogued: content.is_catalogued(),
        sources: content.sources(words),
        has_message_form: false,
        full_name: format!("{group}/{}/{}", shown.collection, shown.key),
    }
}
