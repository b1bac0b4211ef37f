//! Why a page cannot be shown. Handlers return it as their error, and a layer around them shows it
//! in the frame of the person.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use hedgerow_transport::failure::{CallFailure, Failure};
use hedgerow_web::pages::console::{ConsoleFailed, Frame, Kept};
use hedgerow_web::{Text, response};
use http::StatusCode;
use tonic::{Code, Status};

use super::passphrase::Busy;
use crate::store::StoreError;

/// A status, and a sentence of the node if it has one for people.
#[derive(Clone, Debug)]
pub(crate) struct Failed {
    status: StatusCode,
    sentence: Option<String>,
    /// What the form had in it that is refused.
    kept: Option<Arc<Kept>>,
}

impl Failed {
    pub(crate) fn new(status: StatusCode) -> Self {
        Self {
            status,
            sentence: None,
            kept: None,
        }
    }

    /// There is no such page, or it is another group's: the two look alike.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND)
    }

    /// A form of another site.
    pub(super) fn forged() -> Self {
        Self::new(StatusCode::FORBIDDEN)
    }

    /// A form of another session, with what can be kept of it.
    pub(super) fn of_other_session(kept: Option<Kept>) -> Self {
        Self {
            kept: kept.map(Arc::new),
            ..Self::forged()
        }
    }

    /// A failure with a sentence for people.
    pub(crate) fn because(sentence: &str) -> Self {
        Self {
            sentence: Some(sentence.to_owned()),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY)
        }
    }

    /// The failure of a call.
    pub(crate) fn from_call(failure: CallFailure) -> Self {
        let status = match failure.code {
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
            Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Code::Aborted | Code::AlreadyExists => StatusCode::CONFLICT,
            Code::InvalidArgument | Code::FailedPrecondition => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let is_for_people = status != StatusCode::INTERNAL_SERVER_ERROR;
        Self {
            sentence: is_for_people.then_some(failure.message),
            ..Self::new(status)
        }
    }

    /// Shows the page, if a response is a failure.
    pub(super) fn shown_in(frame: Frame, response: Response) -> Response {
        let Some(failed) = response.extensions().get::<Self>() else {
            return response;
        };
        let sentence = failed.sentence.as_deref().map(Text::plain);
        let status = failed.status;
        let kept = failed.kept.as_deref().cloned();
        let page = ConsoleFailed::new(frame, status, sentence).with_kept(kept);
        response::page(status, &page)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Failure::from(error).into()
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Self::from_call(CallFailure::from_status(&Status::from(failure)))
    }
}

impl From<Busy> for Failed {
    fn from(Busy: Busy) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE)
    }
}
