//! Services for a person in a crisis.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::link::WebLink;
use crate::shell::CrisisLine;
use crate::view::CrisisService;
use crate::words::Words;

/// The name of one service with the ways to reach it.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{{ service.name }}: {% if let Some(phone) = phone %}{{ phone }}{% endif %}{% if !service.phone.is_empty() && !service.text.is_empty() %}, {% endif %}{% if !service.text.is_empty() %}<span lang="{{ t.tag_of("crisis-text") }}">{{ t.with("crisis-text", [("words", service.text.as_str())]) }}</span>{% endif %}"#
)]
pub struct CrisisWays<'a> {
    t: Words,
    service: &'a CrisisService,
    phone: Option<WebLink>,
}

impl<'a> CrisisWays<'a> {
    pub fn new(t: Words, service: &'a CrisisService) -> Self {
        Self {
            t,
            service,
            // "112 or 999" is not one number.
            phone: number(&service.phone),
        }
    }
}

/// The number to call. Of two, the first.
fn number(phone: &str) -> Option<WebLink> {
    let first = phone.split(" or ").next().unwrap_or_default();
    WebLink::phone(first)
}

impl HtmlSafe for CrisisWays<'_> {}

/// The services at the top of results, for the words that were typed.
#[derive(Template)]
#[template(path = "components/crisis_box.html")]
pub struct CrisisBox<'a> {
    t: Words,
    lines: &'a [CrisisLine],
}

impl<'a> CrisisBox<'a> {
    pub fn new(t: Words, lines: &'a [CrisisLine]) -> Self {
        Self { t, lines }
    }
}

impl HtmlSafe for CrisisBox<'_> {}
