//! `/settings`: messages, reminders, pause and end.

use hedgerow_input::day::parse_day;
use hedgerow_proto::v1;
use hedgerow_proto::v1::ActivityState;
use hedgerow_web::pages::console::ConsoleNav;
use hedgerow_web::pages::console::edit::{Settings, SettingsView};
use prost::Message as _;

use super::super::failed::Failed;
use super::super::form::ConsoleForm;
use super::super::respond::{Shown, page, see_other};
use super::super::steward::InGroup;
use super::outcome::first_page;
use super::stored::Stored;
use super::target::Target;
use super::work::Work;
use crate::store::GroupAction;

/// Months after which a group may be asked again; 0 is never.
const MONTHS: [u32; 5] = [1, 3, 6, 12, 0];

/// `GET`.
pub(super) async fn show(visit: InGroup) -> Shown {
    visit.require_steward()?;
    let mut reading = visit.shared().store.read().await?;
    let has_contact_form = reading.contact_form(&visit.group.id).await?;
    let has_directory_messages = reading.directory_messages(&visit.group.id).await?;
    let remind_after = reading.remind_after(&visit.group.id).await?;
    drop(reading);
    let state = own_listing(&visit)
        .await?
        .map(|(listing, _)| listing.activity_state());
    let view = SettingsView {
        has_contact_form,
        has_directory_messages,
        remind_after,
        months: MONTHS.to_vec(),
        is_paused: state == Some(ActivityState::Paused),
        is_closed: state == Some(ActivityState::Closed),
        base: visit.base(),
    };
    page(&Settings::new(visit.frame(ConsoleNav::Settings), view))
}

/// `POST`: one of the settings.
pub(super) async fn change(visit: InGroup, ConsoleForm(form): ConsoleForm) -> Shown {
    visit.require_steward()?;
    let contact = form.get("contact");
    if contact == "on" || contact == "off" {
        let mut writing = visit.shared().store.write().await?;
        writing
            .set_contact_form(&visit.group.id, contact == "on")
            .await?;
        writing.commit().await?;
    }
    let directories = form.get("directories");
    if directories == "on" || directories == "off" {
        let mut writing = visit.shared().store.write().await?;
        writing
            .set_directory_messages(&visit.group.id, directories == "on")
            .await?;
        writing.commit().await?;
        visit.shared().inboxes_changed.notify_one();
    }
    if let Ok(months) = form.get("remind_after").parse::<u32>()
        && MONTHS.contains(&months)
    {
        let mut writing = visit.shared().store.write().await?;
        writing.set_remind_after(&visit.group.id, months).await?;
        writing.commit().await?;
    }
    if !form.get("state").is_empty() {
        return change_state(&visit, form.get("state"), form.get("until")).await;
    }
    visit.note(GroupAction::ChangeSettings, "").await?;
    visit.steward.flash("settings-saved").await?;
    see_other(&format!("{}/settings", visit.base()))
}

/// Pauses or closes the group, or says that it goes on: a change of its listing, which is checked
/// like any other before it is published.
async fn change_state(visit: &InGroup, state: &str, until: &str) -> Shown {
    let Some((mut listing, stored)) = own_listing(visit).await? else {
        visit.steward.flash("settings-no-listing").await?;
        return see_other(&format!("{}/settings", visit.base()));
    };
    let state = match state {
        "paused" => ActivityState::Paused,
        "closed" => ActivityState::Closed,
        _ => ActivityState::Active,
    };
    let until = parse_day(until).filter(|_| state == ActivityState::Paused);
    listing.set_activity_state(state);
    listing.paused_until = until.map_or_else(String::new, |day| day.to_string());
    let target = Target::of_record(&stored.record.entry.name).ok_or_else(Failed::not_found)?;
    let mut work = Work::of_stored(&stored)?;
    let body = listing.encode_to_vec();
    let (_, body) =
        hedgerow_forms::Form::of_record("listing", &body).ok_or_else(Failed::not_found)?;
    work.body = body;
    let next = target.form_path(visit, first_page(&work.form));
    work.save(visit, &target, &next).await?;
    see_other(&format!("{}/check", target.path(visit)))
}

/// The group's listing. `None` if it has none that can be changed here.
async fn own_listing(visit: &InGroup) -> Result<Option<(v1::Listing, Stored)>, Failed> {
    let (listings, _) = Stored::list(visit, "listing", "", 1).await?;
    let stored = listings.into_iter().next();
    Ok(stored.and_then(|stored| {
        stored.form()?;
        let listing = v1::Listing::decode(stored.body.as_slice()).ok()?;
        let is_whole = listing.encode_to_vec() == stored.body;
        is_whole.then_some((listing, stored))
    }))
}
