//! One request of a visitor: in which language, and what it may read.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::response::Response;
use hedgerow_core::time::Timestamp;
use hedgerow_record_views::times::today;
use hedgerow_server::peer::Peer;
use hedgerow_web::form::Form;
use hedgerow_web::{Shell, Words};
use http::StatusCode;
use http::request::Parts;

use super::base::Base;
use super::problem;
use super::site_state::SiteState;
use crate::store::StoreError;

/// A request of a visitor.
pub(super) struct Visit {
    pub(super) state: SiteState,
    pub(super) peer: Option<Peer>,
    pub(super) base: Base,
    pub(super) shell: Shell,
    pub(super) now: Timestamp,
    /// Of a list: what the page before ended with; empty for the first page.
    pub(super) after: String,
}

/// Why a page cannot be shown.
#[derive(Debug)]
pub(super) enum Unshown {
    /// There is none, or none that everyone may see: a visitor cannot tell which.
    NotFound,
    Failed,
}

impl From<StoreError> for Unshown {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "cannot read a page's records");
        Self::Failed
    }
}

impl FromRequestParts<SiteState> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &SiteState,
    ) -> Result<Self, Self::Rejection> {
        let now = state.shared.now();
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self {
            state: state.clone(),
            peer: parts.extensions.get::<Peer>().copied(),
            base: Base::of(parts),
            shell: Shell::new(state.site.clone(), &parts.headers, today(now)),
            now,
            after: Form::parse(query.as_bytes()).get("after").to_owned(),
        })
    }
}

impl Visit {
    pub(super) fn words(&self) -> Words {
        self.shell.words
    }

    /// A page that says why another cannot be shown.
    pub(super) fn problem(&self, status: StatusCode) -> Response {
        problem::problem(self.shell.clone(), status)
    }

    pub(super) fn unshown(&self, why: &Unshown) -> Response {
        self.problem(match why {
            Unshown::NotFound => StatusCode::NOT_FOUND,
            Unshown::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        })
    }

    /// Does work that takes milliseconds away from the threads of the runtime, in its turn.
    pub(super) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unshown> {
        // The semaphore is never closed.
        let turn = Arc::clone(&self.state.turns).acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        // A panic was reported by the hook of the process.
        done.await.map_err(|_| Unshown::Failed)
    }
}
