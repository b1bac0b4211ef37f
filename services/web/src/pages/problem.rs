//! Why a page cannot be shown, and what to do next.

use askama::Template;
use http::StatusCode;

use crate::shell::Shell;
use crate::words::Words;

#[derive(Template)]
#[template(path = "pages/problem.html")]
pub struct Problem {
    t: Words,
    shell: Shell,
    status: StatusCode,
}

impl Problem {
    pub fn new(shell: Shell, status: StatusCode) -> Self {
        Self {
            t: shell.words,
            shell,
            status,
        }
    }

    /// The heading, and what to do.
    fn keys(&self) -> (&'static str, &'static str) {
        match self.status {
            StatusCode::NOT_FOUND => ("problem-not-found", "problem-not-found-do"),
            StatusCode::TOO_MANY_REQUESTS => ("problem-too-many", "problem-too-many-do"),
            StatusCode::SERVICE_UNAVAILABLE => ("problem-busy", "problem-busy-do"),
            StatusCode::REQUEST_TIMEOUT => ("problem-slow", "problem-slow-do"),
            StatusCode::PAYLOAD_TOO_LARGE => ("problem-too-long", "problem-too-long-do"),
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("problem-method", "problem-method-do")
            }
            status if status.is_client_error() => ("problem-request", "problem-request-do"),
            _ => ("problem-server", "problem-server-do"),
        }
    }

    fn heading(&self) -> String {
        self.t.text(self.keys().0)
    }

    fn advice(&self) -> String {
        self.t.text(self.keys().1)
    }
}
