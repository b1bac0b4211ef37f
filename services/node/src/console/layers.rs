//! The layers around all pages: where a form comes from, who is signed in, and what is shown if a
//! page cannot be.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hedgerow_web::pages::console::Frame;
use http::Method;

use super::failed::Failed;
use super::request::{Browser, check_origin, words};
use super::session::find;
use super::sign_in;
use super::state::Console;

/// A layer around the pages of signed-in people. Without a session it shows the sign-in page in
/// their place.
pub(super) async fn signed_in(
    State(console): State<Console>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let outside = Frame::outside(words(&console, &parts.headers));
    let found = match check_origin(&parts) {
        Ok(()) => {
            let browser = Browser::new(&console, &parts);
            // The message is for the page that a form led to, not for the next form.
            let shows_page = parts.method == Method::GET;
            let found = find(&console, &browser, shows_page).await;
            found.map_err(Failed::from)
        }
        Err(failed) => Err(failed),
    };
    match found {
        Ok(Some(steward)) => {
            let frame = steward.frame();
            parts.extensions.insert(steward);
            let response = next.run(Request::from_parts(parts, body)).await;
            Failed::shown_in(frame, response)
        }
        Ok(None) => sign_in::instead_of(&console, outside, (parts, body)).await,
        Err(failed) => Failed::shown_in(outside, failed.into_response()),
    }
}

/// A layer around the pages before sign-in.
pub(super) async fn outside(
    State(console): State<Console>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let frame = Frame::outside(words(&console, &parts.headers));
    let response = match check_origin(&parts) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(failed) => failed.into_response(),
    };
    Failed::shown_in(frame, response)
}
