//! The pages about records: lists, forms, checks before publishing, and what is done with a record
//! or with all of them.
//!
//! A form changes a working copy, which is kept as a draft; nothing is public before the page that
//! checks it. `target.rs` says which record an address is about, `work.rs` has the working copy.

use axum::Router;
use axum::routing::{get, post};

use super::state::Console;

mod check;
mod conflict;
mod copy;
mod dates;
mod directories;
mod directory_address;
mod export;
mod fill_in;
mod import;
mod inbox;
mod list;
mod outcome;
mod overview;
mod reminder;
mod settings;
mod shown_by;
mod stored;
mod take_back;
mod take_back_all;
mod target;
mod undo;
mod work;

#[cfg(test)]
mod tests;

pub(crate) use reminder::due;

pub(super) fn routes() -> Router<Console> {
    let group = |path: &str| format!("/console/g/{{group}}{path}");
    let record = |path: &str| format!("/console/g/{{group}}/edit/{{kind}}/{{key}}{path}");
    Router::new()
        .route(&group("/listing"), get(list::listing))
        .route(&group("/events"), get(list::events))
        .route(&group("/offers"), get(list::offers))
        .route(&group("/more"), get(list::more))
        .route(&group("/list/{kind}/{after}"), get(list::after))
        .route(&group("/add/{kind}"), get(list::choose))
        .route(
            &group("/events/import"),
            get(import::show).post(import::read),
        )
        .route(&group("/events/copy"), get(copy::show).post(copy::publish))
        .route(&group("/undo/{entry}"), get(undo::show).post(undo::undo))
        .route(&group("/messages"), get(inbox::show).post(inbox::change))
        .route(
            &group("/shown"),
            get(shown_by::show).post(directories::change),
        )
        .route(
            &group("/settings"),
            get(settings::show).post(settings::change),
        )
        .route(&group("/settings/export"), get(export::file))
        .route(
            &group("/settings/take-back"),
            get(take_back_all::show).post(take_back_all::take_back),
        )
        .route(&record(""), get(overview::show))
        .route(
            &record("/form/{page}"),
            get(fill_in::show).post(fill_in::save),
        )
        .route(&record("/form/{page}/draft"), post(fill_in::keep))
        .route(&record("/check"), get(check::show).post(check::publish))
        .route(
            &record("/conflict"),
            get(conflict::show).post(conflict::choose),
        )
        .route(&record("/discard"), post(overview::discard))
        .route(&record("/still-right"), post(reminder::confirm))
        .route(&record("/dates"), get(dates::show).post(dates::change))
        .route(
            &record("/take-back"),
            get(take_back::show).post(take_back::take_back),
        )
}
