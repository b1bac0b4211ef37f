//! `/edit/event/{key}/dates`: cancels or moves one day of a series.

use chrono::{NaiveDateTime, NaiveTime};
use hedgerow_core::recurrence::parse_local;
use hedgerow_forms::{change_one_time, next_days};
use hedgerow_input::day::parse_day;
use hedgerow_input::time::clock_time;
use hedgerow_web::form::Form as Fields;
use hedgerow_web::pages::console::edit::{Dates, DatesView};

use super::super::failed::Failed;
use super::super::form::ConsoleForm;
use super::super::respond::{Shown, invalid, page, see_other};
use super::super::steward::InGroup;
use super::outcome::first_page;
use super::target::Target;
use super::work::Work;

/// Days to choose from.
const DAYS: usize = 12;
const LOCAL: &str = "%Y-%m-%dT%H:%M";

/// `GET`.
pub(super) async fn show(visit: InGroup, target: Target) -> Shown {
    let work = event(&visit, &target).await?;
    let view = view(&visit, &target, &work, &Fields::default(), None);
    page(&Dates::new(visit.frame(target.nav()), view))
}

/// `POST`: the change in the working copy, to be checked.
pub(super) async fn change(
    visit: InGroup,
    target: Target,
    ConsoleForm(form): ConsoleForm,
) -> Shown {
    let mut work = event(&visit, &target).await?;
    let refused = |work: &Work, error| {
        let view = view(&visit, &target, work, &form, Some(error));
        invalid(&Dates::new(visit.frame(target.nav()), view))
    };
    let Some(day) = parse_local(form.get("day")) else {
        return refused(&work, "dates-error-which");
    };
    let to = match form.get("do") {
        "move" => match new_time(&form, day) {
            Some(to) => Some(to),
            None => return refused(&work, "dates-error-to"),
        },
        _ => None,
    };
    if !change_one_time(&mut work.body, day, to) {
        return refused(&work, "dates-error-which");
    }
    let next = target.form_path(&visit, first_page(&work.form));
    work.save(&visit, &target, &next).await?;
    see_other(&format!("{}/check", target.path(&visit)))
}

fn new_time(form: &Fields, old: NaiveDateTime) -> Option<NaiveDateTime> {
    let day = parse_day(form.get("to_day"))?;
    let time = match form.get("to_time") {
        "" => old.time(),
        text => NaiveTime::parse_from_str(&clock_time(text)?, "%H:%M").ok()?,
    };
    Some(day.and_time(time))
}

async fn event(visit: &InGroup, target: &Target) -> Result<Work, Failed> {
    if target.kind != "event" || target.name.is_none() {
        return Err(Failed::not_found());
    }
    Work::read(visit, target).await
}

fn view(
    visit: &InGroup,
    target: &Target,
    work: &Work,
    form: &Fields,
    error: Option<&'static str>,
) -> DatesView {
    let days = next_days(&work.body, visit.shared().now(), DAYS);
    DatesView {
        title: work.title(),
        days: days
            .into_iter()
            .map(|day| (day.format(LOCAL).to_string(), day))
            .collect(),
        chosen: form.get("day").to_owned(),
        to_day: form.get("to_day").to_owned(),
        to_time: form.get("to_time").to_owned(),
        error,
        action: format!("{}/dates", target.path(visit)),
        back: target.path(visit),
    }
}
