//! Why a page of the console cannot be shown, and what to do next.

use askama::Template;
use http::StatusCode;

use super::frame::{Frame, Hidden};
use super::sign_in::Kept;
use crate::text::Text;
use crate::words::Words;

#[derive(Template)]
#[template(path = "pages/console/failed.html")]
pub struct ConsoleFailed {
    t: Words,
    frame: Frame,
    status: StatusCode,
    /// What the node says, in a sentence.
    sentence: Option<Text>,
    /// A form of an earlier session, to go on with.
    kept: Option<Kept>,
}

impl ConsoleFailed {
    pub fn new(frame: Frame, status: StatusCode, sentence: Option<Text>) -> Self {
        Self {
            t: frame.words,
            frame,
            status,
            sentence,
            kept: None,
        }
    }

    #[must_use]
    pub fn with_kept(mut self, kept: Option<Kept>) -> Self {
        self.kept = kept;
        self
    }

    /// The heading, and what to do.
    fn keys(&self) -> (&'static str, &'static str) {
        match self.status {
            StatusCode::NOT_FOUND => ("problem-not-found", "console-not-found-do"),
            StatusCode::FORBIDDEN if self.kept.is_some() => ("console-kept", "console-kept-do"),
            StatusCode::FORBIDDEN => ("console-forged", "console-forged-do"),
            StatusCode::TOO_MANY_REQUESTS => ("problem-too-many", "console-too-many-do"),
            StatusCode::SERVICE_UNAVAILABLE => ("problem-busy", "console-busy-do"),
            StatusCode::PAYLOAD_TOO_LARGE => ("problem-too-long", "problem-too-long-do"),
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("problem-method", "problem-method-do")
            }
            status if status.is_client_error() => ("problem-request", "console-request-do"),
            _ => ("problem-server", "console-server-do"),
        }
    }

    fn heading(&self) -> String {
        self.t.text(self.keys().0)
    }

    fn advice(&self) -> String {
        self.t.text(self.keys().1)
    }
}
