//! `/console/first/…`: the first five minutes of a group. Nothing is public, and there is no group,
//! until the steward has confirmed the recovery words.

mod answers;
mod check;
mod preview;
mod records;
mod step;
mod when;
mod words;

use axum::routing::{get, post};

use super::table::{Table, page};

pub(super) fn table() -> Table {
    vec![
        page("/console/first", get(step::start)),
        page("/console/first/check", get(check::show).post(check::agree)),
        page("/console/first/words", get(words::show).post(words::go_on)),
        page("/console/first/{step}", get(step::show).post(step::save)),
        page("/console/first/{step}/draft", post(step::keep)),
        page("/console/g/{group}/published", get(words::published)),
    ]
}
