//! `/console/g/{group}/history`: who changed what.

use axum::extract::Path;
use hedgerow_core::summary::Summary;
use hedgerow_input::time::DEFAULT_ZONE;
use hedgerow_record_views::times::local;
use hedgerow_record_views::{RecordContent, kind};
use hedgerow_web::Text;
use hedgerow_web::pages::console::{Change, ConsoleNav, Done, History, HistoryView};

use super::failed::Failed;
use super::respond::{Shown, page};
use super::steward::InGroup;
use crate::store::{Action, HistoryEntry, StoreError, Transaction};

/// Changes of a page.
const PAGE: u32 = 50;

pub(super) async fn newest(visit: InGroup) -> Shown {
    show(&visit, None).await
}

/// `…/history/{before}`: older ones.
pub(super) async fn older(visit: InGroup, Path((_, before)): Path<(String, String)>) -> Shown {
    let before = before.parse().map_err(|_| Failed::not_found())?;
    show(&visit, Some(before)).await
}

async fn show(visit: &InGroup, before: Option<i64>) -> Shown {
    let mut reading = visit.shared().store.read().await?;
    let entries = reading.history(&visit.group.id, before, PAGE + 1).await?;
    let shown = entries.iter().take(PAGE as usize);
    let mut changes = Vec::new();
    for entry in shown {
        changes.push(change(visit, &mut reading, entry).await?);
    }
    let last = entries.get(PAGE as usize - 1);
    let older = last.filter(|_| entries.len() > PAGE as usize);
    let view = HistoryView {
        changes,
        older: older.map(|last| format!("{}/history/{}", visit.base(), last.number)),
    };
    page(&History::new(visit.frame(ConsoleNav::People), view))
}

async fn change(
    visit: &InGroup,
    reading: &mut Transaction,
    entry: &HistoryEntry,
) -> Result<Change, StoreError> {
    let group = &visit.group.id;
    let mut title = Text::default();
    if let Some(record) = reading.record(group, &entry.name).await? {
        let bytes = reading.body(group, &record.entry.hash).await?;
        let content = bytes.and_then(|bytes| RecordContent::parse(group, &bytes));
        if let Some(content) = content {
            let summary = Summary::from_body(&content.body).unwrap_or_default();
            title = Text::new(&summary.title, &content.language);
        }
    }
    Ok(Change {
        when: local(entry.at, DEFAULT_ZONE),
        who: Text::plain(&entry.who),
        done: match entry.action {
            Action::Add => Done::Added,
            Action::Change => Done::Changed,
            Action::TakeBack => Done::TakenBack,
        },
        kind: kind(entry.name.collection.as_str()),
        title,
        undo: entry
            .can_undo
            .then(|| format!("{}/undo/{}", visit.base(), entry.number)),
    })
}
