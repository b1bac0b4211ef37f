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
use table::{Table, page, router};

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
mod kept;
mod layers;
mod lifetimes;
mod link;
mod new_link;
mod passphrase;
mod people;
mod phrases;
mod publish;
mod request;
mod respond;
mod resume;
mod retention;
mod secret;
mod session;
mod sign_in;
mod state;
mod steward;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use new_link::{SHORT_LIFE, life_of, make_link};
pub(crate) use retention::clean_up;

/// The pages of signed-in people.
fn table() -> Table {
    let mut table = vec![
        page("/console", get(home::start)),
        page("/console/groups", get(home::groups)),
        page("/console/sign-out", post(sign_in::sign_out)),
        page("/console/kept", post(resume::go_on)),
        page("/console/account", get(account::show).post(account::change)),
        page("/console/g/{group}", get(home::home)),
        page(
            "/console/g/{group}/people",
            get(people::show).post(people::change),
        ),
        page("/console/g/{group}/history", get(history::newest)),
        page("/console/g/{group}/history/{before}", get(history::older)),
    ];
    table.extend(first::table());
    table.extend(edit::table());
    table
}

/// The routes of the console.
pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    let console = Console::new(shared);
    let layer = from_fn_with_state(console.clone(), layers::signed_in);
    let signed_in = router(table()).layer(layer);
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
