//! Staying safe: whom to call, and what leaving a page does not erase.

use askama::Template;

use crate::shell::{CrisisLine, Shell};
use crate::words::Words;

#[derive(Template)]
#[template(path = "pages/staying_safe.html")]
pub struct StayingSafe {
    t: Words,
    shell: Shell,
    /// All services, by country.
    services: Vec<CrisisLine>,
}

impl StayingSafe {
    pub fn new(shell: Shell, services: Vec<CrisisLine>) -> Self {
        Self {
            t: shell.words,
            shell,
            services,
        }
    }
}
