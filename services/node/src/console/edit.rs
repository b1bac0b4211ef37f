//! The pages about records: lists, forms, checks before publishing, and what is done with a record
//! or with all of them.
//!
//! A form changes a working copy, which is kept as a draft; nothing is public before the page that
//! checks it. `target.rs` says which record an address is about, `work.rs` has the working copy.

use axum::routing::{get, post};

use super::table::{Table, page};

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
pub(crate) use shown_by::describe_stop;

pub(super) fn table() -> Table {
    let group = |path: &str| format!("/console/g/{{group}}{path}");
    let record = |path: &str| format!("/console/g/{{group}}/edit/{{kind}}/{{key}}{path}");
    vec![
        page(group("/listing"), get(list::listing)),
        page(group("/events"), get(list::events)),
        page(group("/offers"), get(list::offers)),
        page(group("/more"), get(list::more)),
        page(group("/list/{kind}/{after}"), get(list::after)),
        page(group("/add/{kind}"), get(list::choose)),
        page(
            group("/events/import"),
            get(import::show).post(import::read),
        ),
        page(group("/events/copy"), get(copy::show).post(copy::publish)),
        page(group("/undo/{entry}"), get(undo::show).post(undo::undo)),
        page(group("/messages"), get(inbox::show).post(inbox::change)),
        page(
            group("/shown"),
            get(shown_by::show).post(directories::change),
        ),
        page(
            group("/settings"),
            get(settings::show).post(settings::change),
        ),
        page(group("/settings/export"), get(export::file)),
        page(
            group("/settings/take-back"),
            get(take_back_all::show).post(take_back_all::take_back),
        ),
        page(record(""), get(overview::show)),
        page(
            record("/form/{page}"),
            get(fill_in::show).post(fill_in::save),
        ),
        page(record("/form/{page}/draft"), post(fill_in::keep)),
        page(record("/check"), get(check::show).post(check::publish)),
        page(
            record("/conflict"),
            get(conflict::show).post(conflict::choose),
        ),
        page(record("/discard"), post(overview::discard)),
        page(record("/still-right"), post(reminder::confirm)),
        page(record("/dates"), get(dates::show).post(dates::change)),
        page(
            record("/take-back"),
            get(take_back::show).post(take_back::take_back),
        ),
    ]
}
