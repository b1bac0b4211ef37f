//! The shell of every sample page, a day, texts and links.

use std::cell::Cell;

use chrono::{NaiveDate, NaiveDateTime};
use http::header::ACCEPT_LANGUAGE;
use http::{HeaderMap, HeaderValue};

use crate::link::WebLink;
use crate::shell::{CrisisLine, Nav, Shell, Site};
use crate::text::Text;
use crate::view::CrisisService;

thread_local! {
    static LANGUAGE: Cell<&'static str> = const { Cell::new("") };
}

/// Makes every shell of this thread one for a reader of that language; empty for the usual one.
pub(super) fn set_language(language: &'static str) {
    LANGUAGE.set(language);
}

pub(in crate::tests) fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 27).unwrap()
}

pub(super) fn at(hour: u32) -> NaiveDateTime {
    day().and_hms_opt(hour, 0, 0).unwrap()
}

pub(crate) fn shell() -> Shell {
    let service = CrisisService {
        country: "GB".to_owned(),
        name: text("Samaritans"),
        phone: "116 123".to_owned(),
        text: text("SHOUT to 85258"),
        words: text("day and night"),
    };
    let site = Site {
        name: "Directory".to_owned(),
        nav: vec![Nav::Home, Nav::Events, Nav::More, Nav::Safety, Nav::About],
        crisis: CrisisLine::by_country([service]),
    };
    let mut headers = HeaderMap::new();
    let language = LANGUAGE.get();
    headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(language));
    Shell::new(site, &headers, day())
}

pub(in crate::tests) fn text(words: &str) -> Text {
    Text::new(words, "en-GB")
}

pub(in crate::tests) fn link(words: &str) -> Option<WebLink> {
    WebLink::web(words)
        .or_else(|| WebLink::mail(words))
        .or_else(|| WebLink::phone(words))
}
