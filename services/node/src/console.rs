//! The console: pages where the people of a group look after what it publishes.
//!
//! A page is one file here and its view in `hedgerow-web`. Pages of signed-in people are behind the
//! layer of `layers.rs`, which finds the person of the cookie; `InGroup` finds the group of the
//! address, and no other. Every form that is posted must come from a page of this site and have the
//! session's token.

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use hedgerow_web::response;

use crate::shared::Shared;
use state::Console;

mod account;
mod cookie;
mod draft;
mod edit;
mod failed;
mod first;
mod form;
mod guesses;
mod history;
mod home;
mod layers;
mod link;
mod new_link;
mod passphrase;
mod people;
mod phrases;
mod publish;
mod request;
mod respond;
mod retention;
mod secret;
mod session;
mod sign_in;
mod state;
mod steward;
#[cfg(test)]
mod tests;

pub(crate) use new_link::{SHORT_LIFE, life_of, make_link};
pub(crate) use retention::clean_up;

/// The routes of the console.
pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    let console = Console::new(shared);
    let signed_in = Router::new()
        .route("/console", get(home::start))
        .route("/console/groups", get(home::groups))
        .route("/console/sign-out", post(sign_in::sign_out))
        .route("/console/account", get(account::show).post(account::change))
        .route("/console/g/{group}", get(home::home))
        .route(
            "/console/g/{group}/people",
            get(people::show).post(people::change),
        )
        .route("/console/g/{group}/history", get(history::newest))
        .route("/console/g/{group}/history/{before}", get(history::older))
        .merge(first::routes())
        .merge(edit::routes())
        .layer(from_fn_with_state(console.clone(), layers::signed_in));
    let outside = Router::new()
        .route(
            "/console/sign-in",
            get(sign_in::form).post(sign_in::sign_in),
        )
        .route("/console/link/{secret}", get(link::show).post(link::open))
        .layer(from_fn_with_state(console.clone(), layers::outside));
    signed_in
        .merge(outside)
        .layer(from_fn(respond::own_policies))
        .layer(from_fn(response::secure))
        .with_state(console)
}
