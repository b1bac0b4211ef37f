//! The addresses of the console as a table, so that tests can visit all of them.

use axum::Router;
use axum::routing::MethodRouter;

use super::state::Console;

/// Addresses with the names of their parts, such as `{group}`, and what handles them.
pub(crate) type Table = Vec<(String, MethodRouter<Console>)>;

pub(crate) fn page(
    path: impl Into<String>,
    handlers: MethodRouter<Console>,
) -> (String, MethodRouter<Console>) {
    (path.into(), handlers)
}

pub(super) fn router(table: Table) -> Router<Console> {
    table
        .into_iter()
        .fold(Router::new(), |router, (path, handlers)| {
            router.route(&path, handlers)
        })
}
