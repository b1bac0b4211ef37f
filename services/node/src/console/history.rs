//! `/console/g/{group}/history`: who changed what, people and settings included.

use axum::extract::Path;
use hedgerow_core::name::RecordName;
use hedgerow_core::summary::Summary;
use hedgerow_input::time::DEFAULT_ZONE;
use hedgerow_record_views::times::local;
use hedgerow_record_views::{RecordContent, kind};
use hedgerow_web::Text;
use hedgerow_web::pages::console::{Change, ConsoleNav, History, HistoryView};

use super::failed::Failed;
use super::respond::{Shown, page};
use super::steward::InGroup;
use crate::store::{Action, Done, GroupAction, HistoryEntry, StoreError, Transaction};

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
    let mut change = Change {
        when: local(entry.at, DEFAULT_ZONE),
        who: Text::plain(&entry.who),
        done: "",
        kind: None,
        about: Text::default(),
        undo: None,
    };
    match &entry.done {
        Done::Record {
            action,
            name,
            can_undo,
        } => {
            change.done = match action {
                Action::Add => "history-added",
                Action::Change => "history-changed",
                Action::TakeBack => "history-taken-back",
            };
            change.kind = Some(kind(name.collection.as_str()));
            change.about = title(visit, reading, name).await?;
            let undo = || format!("{}/undo/{}", visit.base(), entry.number);
            change.undo = can_undo.then(undo);
        }
        Done::Group(action, about) => {
            change.done = key(*action);
            change.about = Text::plain(about);
        }
    }
    Ok(change)
}

fn key(action: GroupAction) -> &'static str {
    match action {
        GroupAction::InviteSteward => "history-invited-steward",
        GroupAction::InviteEditor => "history-invited-editor",
        GroupAction::MakeLink => "history-made-link",
        GroupAction::CallBackLink => "history-called-back",
        GroupAction::Join => "history-joined",
        GroupAction::MakeSteward => "history-made-steward",
        GroupAction::MakeEditor => "history-made-editor",
        GroupAction::Remove => "history-removed",
        GroupAction::ChangeSettings => "history-settings",
        GroupAction::AddDirectory => "history-directory-added",
        GroupAction::RemoveDirectory => "history-directory-removed",
    }
}

/// The title that a record has. One that was taken back has its last title for as long as it can be
/// brought back: nothing of it is kept longer.
async fn title(
    visit: &InGroup,
    reading: &mut Transaction,
    name: &RecordName,
) -> Result<Text, StoreError> {
    let group = &visit.group.id;
    let bytes = match reading.record(group, name).await? {
        Some(record) => reading.body(group, &record.entry.hash).await?,
        None => reading.newest_version(group, name).await?,
    };
    let content = bytes.and_then(|bytes| RecordContent::parse(group, &bytes));
    Ok(content.map_or_else(Text::default, |content| {
        let summary = Summary::from_body(&content.body).unwrap_or_default();
        Text::new(&summary.title, &content.language)
    }))
}
