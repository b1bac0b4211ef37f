//! The pages of the directory, for people.
//!
//! A page is one file here and its view in `hedgerow-web`. It calls DirectoryService in this
//! process ([`Visit`]), so that a search on a page has the same limits, budget and turn as a search
//! by gRPC from the same address. Nothing that a seeker types is in an address, a log or a trace:
//! forms are posted.

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::{get, post};
use hedgerow_server::server::Pages;
use hedgerow_web::language::in_each_language;
use hedgerow_web::pages::List;
use hedgerow_web::{Words, assets, response};
use http::StatusCode;

pub(crate) use boundaries::maps;
pub(crate) use site_state::SiteState;
use visit::Visit;

mod about;
mod boundaries;
mod calendar;
mod chosen;
mod coverage;
mod facets;
mod failure;
mod field_error;
mod files;
mod group;
mod group_calendar;
mod hit;
mod home;
mod lists;
mod locator;
mod map;
mod message;
mod more;
mod picked;
mod press;
mod printed;
mod problem;
mod quick;
mod record;
mod search;
mod search_form;
mod share;
mod sheet;
mod site_state;
mod source;
mod staying_safe;
mod stored;
mod subscription;
mod this_week;
mod visit;
mod whats_on;
mod yours;

#[cfg(test)]
mod tests;

/// Addresses of forms at which no page can be opened.
const POSTED_ONLY: [&str; 3] = ["/share", "/sheet", "/whats-on/calendar"];

/// Makes the pages. They load nothing from elsewhere, and nothing keeps them.
pub(crate) fn pages(state: SiteState) -> Pages {
    Pages::new(routes(state), problem::without_visit)
}

fn routes(state: SiteState) -> Router {
    let routes = Router::new()
        .route("/", get(home::home).post(home::with_place))
        .route("/search", post(search::search).get(search::by_link))
        .route(
            "/whats-on",
            get(whats_on::this_week).post(whats_on::whats_on),
        )
        .route("/whats-on/calendar", post(subscription::address))
        .route("/whats-on.ics", get(subscription::calendar))
        .route("/more", get(more::more))
        .route("/share", post(share::share))
        .route("/sheet", post(sheet::sheet))
        .route("/printed", get(printed::form).post(printed::printed))
        .route("/about", get(about::about))
        .route("/coverage", get(coverage::coverage).post(coverage::chosen))
        .route(
            "/coverage.csv",
            get(coverage::file).post(coverage::chosen_file),
        )
        .route(
            "/coverage.svg",
            get(coverage::picture).post(coverage::chosen_picture),
        )
        .route("/map", get(map::map))
        .route("/map/{region}", get(map::region))
        .route("/map/{region}/{council}", get(map::council))
        .route("/staying-safe", get(staying_safe::staying_safe))
        .route("/group/{group}", get(group::group))
        .route("/group/{group}/events.ics", get(group_calendar::calendar))
        .route(
            "/group/{group}/{collection}",
            get(group::records).post(group::more_records),
        )
        .route(
            "/group/{group}/message",
            get(message::form).post(message::send),
        )
        .route("/group/{group}/message/sent", get(message::sent))
        .route("/group/{group}/{collection}/{key}", get(record::record))
        .route(
            "/group/{group}/{collection}/{key}/record",
            get(files::record),
        )
        .route("/group/{group}/{collection}/{key}/proof", get(files::proof))
        .route(
            "/group/{group}/{collection}/{key}/event.ics",
            get(calendar::calendar),
        )
        .route(
            "/group/{group}/{collection}/{key}/fits",
            get(lists::fits).post(lists::next_fits),
        )
        .route(
            "/group/{group}/{collection}/{key}/yours",
            get(yours::yours).post(yours::ask),
        )
        .merge(lists())
        .merge(assets::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(response::secure))
        .with_state(state);
    Words::parse_all();
    in_each_language(&routes, &POSTED_ONLY)
}

/// The lists, one page each.
fn lists() -> Router<SiteState> {
    List::ALL.into_iter().fold(Router::new(), |routes, list| {
        let all = move |visit: Visit| lists::all(list, visit);
        let narrowed = move |visit: Visit, request: Request| lists::narrowed(list, visit, request);
        routes.route(list.path(), get(all).post(narrowed))
    })
}

async fn not_found(visit: Visit) -> Response {
    visit.problem(StatusCode::NOT_FOUND)
}

async fn wrong_method(visit: Visit, _request: Request) -> Response {
    visit.problem(StatusCode::METHOD_NOT_ALLOWED)
}
