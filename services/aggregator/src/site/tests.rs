//! The pages over a real store and index.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use hedgerow_proto::v1;
use hedgerow_search::testing::IndexedStore;
use hedgerow_store::contract::StoredGroup;
use hedgerow_testkit::samples::{listing, room, town, weekly};
use hedgerow_web::map::Maps;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use scraper::{Html, Selector};
use tower::ServiceExt as _;

use super::{SiteState, routes};
use crate::config::SiteConfig;
use crate::directory::Directory;

mod about;
mod calendar;
mod coverage;
mod groups;
mod home;
mod languages;
mod lists;
mod map;
mod records;
mod search;
mod sheets;
mod whats_on;

/// A visitor of a directory.
struct Visitor {
    indexed: IndexedStore,
    state: SiteState,
    pages: Router,
}

/// A page as a browser got it.
struct Page {
    status: StatusCode,
    headers: http::HeaderMap,
    html: String,
}

impl Page {
    /// The text of the elements that a selector matches, each on a line.
    fn text(&self, selector: &str) -> String {
        let page = Html::parse_document(&self.html);
        let selector = Selector::parse(selector).unwrap();
        let texts = page.select(&selector).map(|element| {
            let text: String = element.text().collect();
            let plain = text.replace(['\u{2068}', '\u{2069}'], "");
            plain.split_whitespace().collect::<Vec<_>>().join(" ")
        });
        texts.collect::<Vec<_>>().join("\n")
    }

    /// The values of an attribute of the elements that a selector matches.
    fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let page = Html::parse_document(&self.html);
        let selector = Selector::parse(selector).unwrap();
        let elements = page.select(&selector);
        let values = elements.filter_map(|element| element.value().attr(name));
        values.map(str::to_owned).collect()
    }
}

impl Visitor {
    async fn new() -> Self {
        let indexed = IndexedStore::start().await;
        let directory = Directory::over(&indexed);
        let config = SiteConfig {
            run_by: "The Test Library".to_owned(),
            contact: "hello@library.example".to_owned(),
            ..SiteConfig::default()
        };
        let state = SiteState::new(
            directory,
            indexed.clock.clone(),
            &config,
            "ab".repeat(32),
            "https://127.0.0.1:1#sha256=00".to_owned(),
        );
        Self {
            indexed,
            pages: routes(state.clone()),
            state,
        }
    }

    /// From now on, maps have these shapes.
    fn with_maps(&mut self, maps: Arc<Maps>) {
        self.pages = routes(self.state.clone().with_maps(maps));
    }

    async fn request(&self, method: Method, path: &str, form: Option<&str>) -> Page {
        self.request_with(method, path, form, &[]).await
    }

    async fn request_with(
        &self,
        method: Method,
        path: &str,
        form: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Page {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if form.is_some() {
            let kind = "application/x-www-form-urlencoded";
            request = request.header(http::header::CONTENT_TYPE, kind);
        }
        let body = Body::from(form.unwrap_or_default().to_owned());
        let response: Response = self
            .pages
            .clone()
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Page {
            status: parts.status,
            headers: parts.headers,
            html: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    async fn get(&self, path: &str) -> Page {
        self.request(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, form: &str) -> Page {
        self.request(Method::POST, path, Some(form)).await
    }
}

/// A listing with words for each part of its page.
fn full_listing() -> v1::Listing {
    v1::Listing {
        description: "We meet over tea.".into(),
        first_time: "Somebody meets you at the door.".into(),
        openness: v1::Openness::Open.into(),
        how_to_join_words: "Just turn up.".into(),
        who_for: vec![v1::WhoFor {
            communities: vec!["community:women".into()],
            emphasis: v1::Emphasis::Only.into(),
            ..v1::WhoFor::default()
        }],
        price: Some(v1::Price {
            kind: v1::PriceKind::Free.into(),
            ..v1::Price::default()
        }),
        leadership_words: "Members take turns.".into(),
        schedules: vec![v1::Schedule {
            words: "Tuesdays at seven".into(),
            start: "2026-09-22T19:00".into(),
            duration_minutes: 90,
            time_zone: "Europe/London".into(),
            rrules: vec!["FREQ=WEEKLY;BYDAY=TU".into()],
            ..v1::Schedule::default()
        }],
        website: "https://group.example/".into(),
        ..listing(
            "Low Mood Circle",
            "For women with depression",
            Some("Sheffield"),
        )
    }
}

fn catalogued() -> v1::Listing {
    v1::Listing {
        voice: v1::Voice::Catalogued.into(),
        source: Some(v1::Source {
            title: "A printed report".into(),
            recorded_year: 2013,
            ..v1::Source::default()
        }),
        ..listing(
            "Old Group",
            "Depression group from a report",
            Some("Sheffield"),
        )
    }
}

/// A visitor of a directory with a group that publishes one record of each kind.
async fn filled() -> (Visitor, String) {
    let visitor = Visitor::new().await;
    let mut group = StoredGroup::new(1);
    group.put("listing", "own", &full_listing());
    group.put(
        "event",
        "walk",
        &weekly("Garden walk", "2026-09-22T18:00", "Sheffield"),
    );
    group.put("offer", "room", &room("Quiet room", 12, "Sheffield"));
    let id = group.id().to_string();
    visitor.indexed.publish(&mut group).await;
    let mut cataloguer = StoredGroup::new(2);
    cataloguer.put_catalogued("test", "old", &catalogued());
    visitor.indexed.publish(&mut cataloguer).await;
    (visitor, id)
}

#[tokio::test]
async fn every_response_is_not_kept_and_loads_nothing_from_elsewhere() {
    let (visitor, id) = filled().await;
    let record = format!("/group/{id}/listing/own");
    for path in [
        "/",
        "/search",
        "/whats-on",
        "/about",
        "/coverage",
        "/coverage.csv",
        "/staying-safe",
        &record,
        "/nothing",
    ] {
        let page = visitor.get(path).await;
        let header = |name: &str| page.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'"),
            "{policy}"
        );
        assert!(!page.headers.contains_key("set-cookie"), "{path}");
    }
    let style = &visitor
        .get("/")
        .await
        .attributes("link[rel=stylesheet]", "href")[0];
    let style = visitor.get(style).await;
    assert_eq!(style.status, StatusCode::OK);
    assert!(
        style.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    assert_eq!(style.headers["content-type"], "text/css; charset=utf-8");
}

#[tokio::test]
async fn a_request_of_another_kind_gets_a_page_that_says_so() {
    let (visitor, _) = filled().await;
    let put = visitor.request(Method::PUT, "/search", None).await;
    assert_eq!(put.status, StatusCode::METHOD_NOT_ALLOWED);
    let json = visitor.request(Method::POST, "/search", None).await;
    assert_eq!(json.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let long = visitor
        .post("/search", &format!("q={}", "x".repeat(70_000)))
        .await;
    assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE);
    for page in [put, json, long] {
        assert_eq!(page.attributes("main a", "href"), ["/"]);
    }
}
