//! `/console/first/…`: the first five minutes of a group. Nothing is public, and there is no group,
//! until the steward has confirmed the recovery words.

mod answers;
mod check;
mod preview;
mod records;
mod step;
mod when;
mod words;

use axum::Router;
use axum::routing::{get, post};

use super::state::Console;

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/console/first", get(step::start))
        .route("/console/first/check", get(check::show).post(check::agree))
        .route("/console/first/words", get(words::show).post(words::go_on))
        .route("/console/first/{step}", get(step::show).post(step::save))
        .route("/console/first/{step}/draft", post(step::keep))
        .route("/console/g/{group}/published", get(words::published))
}
