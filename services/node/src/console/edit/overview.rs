//! `/edit/{kind}/{key}`: one record, and what can be done with it.

use hedgerow_core::time::Timestamp;
use hedgerow_forms::{Form, changes, single_start};
use hedgerow_proto::v1;
use hedgerow_record_views::{RecordContent, day};
use hedgerow_web::pages::console::edit::{Overview, OverviewAction, OverviewView};
use hedgerow_web::view::State;
use prost::Message as _;

use super::super::failed::Failed;
use super::super::form::ConsoleForm;
use super::super::respond::{Shown, page, see_other};
use super::super::steward::InGroup;
use super::check::sections_of;
use super::fill_in::parts;
use super::outcome::first_page;
use super::stored::Stored;
use super::target::Target;
use super::work::Work;
use crate::audience::Audience;

/// `GET`.
pub(super) async fn show(visit: InGroup, target: Target) -> Shown {
    let Some(name) = &target.name else {
        let work = Work::read(&visit, &target).await?;
        return see_other(&target.form_path(&visit, first_page(&work.form)));
    };
    let stored = Stored::read(&visit, name).await?;
    let stored = stored.ok_or_else(Failed::not_found)?;
    // A record of a later version of this program can be read and taken back, but not changed.
    let work = Work::of_stored(&stored).ok();
    let saved = match &work {
        Some(_) => Work::read(&visit, &target).await?.is_saved(),
        None => false,
    };
    let typed = Work::typed(&visit, &target).await?;
    let path = target.path(&visit);
    let is_public = stored.record.entry.audience == Audience::Public;
    let mut view = OverviewView {
        title: stored.title(),
        kind_key: target.kind_key(),
        states: states(&visit, &stored),
        sections: sections_of(&visit, &stored.bytes),
        is_public,
        draft: match typed.first() {
            Some(page) => Some(target.form_path(&visit, page)),
            None => saved.then(|| format!("{path}/check")),
        },
        draft_discard: format!("{path}/discard"),
        confirmed: confirmed(&stored).map(day),
        back: target.list_path(&visit),
        ..OverviewView::default()
    };
    if let Some(work) = &work {
        view.parts = parts(&visit, &target, work, "");
        if view.parts.len() == 1 {
            let form = target.form_path(&visit, first_page(&work.form));
            view.links.push(("edit-change", form));
        }
        if view.sections.is_empty() {
            view.fields = fields(&work.form, work);
        }
        if target.kind == "event" && single_start(&work.body).is_none() {
            view.links.push(("edit-dates", format!("{path}/dates")));
        }
        if has_confirm_time(target.kind) && is_public {
            view.actions.push(OverviewAction {
                key: "edit-still-right",
                words: "edit-still-right-about",
                action: format!("{path}/still-right"),
            });
        }
    }
    if is_public && target.kind != "circumstances" {
        view.links
            .push(("edit-page", public_page(&visit, &target, &stored)));
    }
    view.links
        .push(("edit-take-back", format!("{path}/take-back")));
    page(&Overview::new(visit.frame(target.nav()), view))
}

/// `POST /edit/{kind}/{key}/discard`: forgets what was typed and not sent.
pub(super) async fn discard(visit: InGroup, target: Target, _: ConsoleForm) -> Shown {
    Work::discard(&visit, &target).await?;
    visit.steward.flash("edit-discarded").await?;
    see_other(&target.back(&visit))
}

/// The record's page on the group's own site.
fn public_page(visit: &InGroup, target: &Target, stored: &Stored) -> String {
    let group = format!("/g/{}", visit.group.id);
    match target.kind {
        "listing" => group,
        kind => format!("{group}/{kind}/{}", stored.record.entry.name.key.as_str()),
    }
}

/// The filled fields of a kind of record that has no page.
fn fields(form: &Form, work: &Work) -> Vec<hedgerow_web::components::Control> {
    let Some(empty) = form.new_body() else {
        return Vec::new();
    };
    let filled = changes(form, &empty, &work.body).into_iter();
    filled.map(|change| change.after).collect()
}

/// Keys of labels on a record.
pub(super) fn states(visit: &InGroup, stored: &Stored) -> Vec<&'static str> {
    let mut states = Vec::new();
    if stored.record.entry.audience != Audience::Public {
        states.push("edit-state-private");
    } else if !stored.record.published {
        states.push("edit-state-waits");
    }
    let content = RecordContent::parse(&visit.group.id, &stored.bytes);
    states.extend(content.and_then(|content| content.stated_state()).and_then(
        |state| match state {
            State::Cancelled => Some("edit-state-cancelled"),
            State::Postponed => Some("edit-state-postponed"),
            State::Paused => Some("edit-state-paused"),
            State::Closed => Some("edit-state-closed"),
            _ => None,
        },
    ));
    states
}

pub(super) fn has_confirm_time(kind: &str) -> bool {
    matches!(kind, "listing" | "offer" | "need")
}

/// When a person last said that a record is still right.
pub(super) fn confirmed(stored: &Stored) -> Option<Timestamp> {
    let body = stored.body.as_slice();
    let time = match stored.kind() {
        "listing" => v1::Listing::decode(body).ok()?.confirm_time,
        "offer" => v1::Offer::decode(body).ok()?.confirm_time,
        "need" => v1::Need::decode(body).ok()?.confirm_time,
        _ => None,
    };
    Timestamp::try_from(time?).ok()
}
