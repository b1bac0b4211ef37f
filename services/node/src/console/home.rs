//! `/console` and `/console/g/{group}`.

use hedgerow_proto::steward_v1;
use hedgerow_web::pages::console::{ConsoleHome, ConsoleNav, GroupLink, Groups, HomeView, Task};

use super::draft::Drafts;
use super::failed::Failed;
use super::respond::{Shown, page, see_other};
use super::steward::{InGroup, Steward, base_of, name_of};
use crate::steward::get_group;
use crate::store::StoreError;

/// `GET /console`: the only group, the first pages, or a choice.
pub(super) async fn start(steward: Steward) -> Shown {
    let person = steward.person();
    match steward.groups() {
        [] => see_other("/console/first"),
        [(group, _)] if person.may_add.is_none() => see_other(&base_of(&group.id)),
        _ => see_other("/console/groups"),
    }
}

/// `GET /console/groups`.
pub(super) async fn groups(steward: Steward) -> Shown {
    let mut links = Vec::new();
    for (group, _) in steward.groups() {
        links.push(GroupLink {
            name: name_of(steward.shared(), group).await?,
            href: base_of(&group.id),
        });
    }
    let may_add = steward.person().is_host || steward.person().may_add.is_some();
    page(&Groups::new(steward.frame(), links, may_add))
}

/// `GET /console/g/{group}`.
pub(super) async fn home(visit: InGroup) -> Shown {
    let shared = visit.shared();
    let state = get_group(shared, &visit.group)
        .await
        .map_err(Failed::from)?;
    let acknowledged = state.deliveries.iter().filter(|it| it.up_to_date).count();
    let mut view = HomeView {
        tasks: tasks(&visit, &state).await?,
        shown_by: count(acknowledged),
        sent_to: count(state.deliveries.len()),
        ..HomeView::default()
    };
    let mut reading = shared.store.read().await?;
    for leaf in reading.public_leaves(&visit.group.id).await? {
        match leaf.name.collection.as_str() {
            "listing" => view.listings += 1,
            "event" => view.events += 1,
            "offer" | "need" => view.offers += 1,
            _ => {}
        }
    }
    drop(reading);
    page(&ConsoleHome::new(visit.frame(ConsoleNav::Home), view))
}

async fn tasks(
    visit: &InGroup,
    state: &steward_v1::GetGroupResponse,
) -> Result<Vec<Task>, StoreError> {
    let mut tasks = Vec::new();
    let stopped = state.heads.iter().find_map(super::edit::describe_stop);
    tasks.extend(stopped.map(Task::Stopped));
    let group = &visit.group.id;
    let due = super::edit::due(visit).await?.into_iter();
    tasks.extend(due.map(|due| Task::StillRight {
        title: due.title,
        href: due.href,
    }));
    let mut reading = visit.shared().store.read().await?;
    let counts = reading.message_counts(group, visit.steward.now()).await?;
    drop(reading);
    if counts.unread > 0 {
        tasks.push(Task::Messages(u64::from(counts.unread)));
    }
    let drafts = Drafts::new(&visit.steward, Some(group));
    for form in drafts.list("").await?.iter().take(5) {
        if let Some(draft) = drafts.read(form).await? {
            let href = draft.form.get("next").to_owned();
            let task = Task::Draft { href: href.clone() };
            // A record has a draft of its own, and one for each page that was typed into.
            if super::respond::is_own_path(&href) && !tasks.contains(&task) {
                tasks.push(task);
            }
        }
    }
    Ok(tasks)
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
