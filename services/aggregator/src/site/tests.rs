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

mod calendar;
mod coverage;
mod languages;
mod lists;
mod map;
mod sheets;

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
async fn an_empty_directory_says_what_to_do() {
    let page = Visitor::new().await.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    let empty = page.text(".empty");
    assert!(empty.contains("nothing here yet"), "{empty}");
    assert!(page.text("main").contains("run by The Test Library"));
}

#[tokio::test]
async fn home_counts_what_a_search_finds() {
    let (visitor, _) = filled().await;
    let page = visitor.get("/").await;
    let tiles = page.text(".tiles button");
    assert!(
        tiles.contains("2 groups") && tiles.contains("1 event"),
        "{tiles}"
    );
    let names = page.attributes(".tiles button", "name");
    assert!(names.iter().all(|name| name == "in"), "{names:?}");
    let found = visitor.post("/search", "in=listing").await;
    assert_eq!(found.text("h1"), "2 results");
}

#[tokio::test]
async fn a_search_shows_place_voice_and_freshness_and_links_to_the_record() {
    let (visitor, id) = filled().await;
    let page = visitor
        .post("/search", "q=depression&near=Sheffield&within=20mi")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.text("h1"), "2 results");
    assert!(page.text(".near").contains("Sheffield"), "{}", page.html);
    let voices = page.text(".voice");
    assert!(
        voices.contains("Published by the group itself (not verified)"),
        "{voices}"
    );
    assert!(
        voices.contains("Recorded in 2013; may no longer exist."),
        "{voices}"
    );
    let classes = page.attributes(".voice", "class");
    assert!(
        classes.contains(&"voice voice-catalogued".to_owned()),
        "{classes:?}"
    );
    let links = page.attributes(".hit h3 a", "href");
    assert!(
        links.contains(&format!("/group/{id}/listing/own")),
        "{links:?}"
    );
    let facts = page.text(".hit");
    assert!(
        facts.contains("Sheffield") && facts.contains("Just turn up."),
        "{facts}"
    );
}

#[tokio::test]
async fn every_chosen_filter_can_be_removed() {
    let (visitor, _) = filled().await;
    let form = "q=depression&who=community%3Awomen&free=yes";
    let page = visitor.post("/search", form).await;
    assert_eq!(page.text("h1"), "1 result");
    let chips = page.attributes(".chosen button", "value");
    assert_eq!(chips, ["who=community:women", "free=yes"]);
    let checked = page.attributes(".narrow input[checked]", "value");
    assert!(
        checked.contains(&"community:women".to_owned()),
        "{checked:?}"
    );
    let removed = format!("{form}&without=who%3Dcommunity%3Awomen&without=free%3Dyes");
    assert_eq!(
        visitor.post("/search", &removed).await.text("h1"),
        "2 results"
    );
}

#[tokio::test]
async fn without_hits_the_page_says_what_to_leave_out_and_how_to_look_further() {
    let (visitor, _) = filled().await;
    let page = visitor
        .post("/search", "q=depression&near=Plymouth&within=5mi")
        .await;
    assert_eq!(page.text("h1"), "Nothing found");
    let buttons = page.text(".empty button");
    assert!(
        !buttons.contains("within"),
        "100 miles reach nobody: {buttons}"
    );
    let near = visitor
        .post("/search", "q=depression&near=Leeds&within=5mi")
        .await;
    let buttons_near = near.text(".empty button");
    assert!(
        buttons_near.contains("within 50 miles (2 results)"),
        "{buttons_near}"
    );
    assert!(
        buttons.contains("Leave out: Plymouth (2 results)"),
        "{buttons}"
    );
    let wider = "q=depression&near=Plymouth&within=5mi&without-fields=near+within";
    assert_eq!(visitor.post("/search", wider).await.text("h1"), "2 results");
}

#[tokio::test]
async fn an_unreadable_field_is_named_with_what_to_type() {
    let (visitor, _) = filled().await;
    for (form, expected) in [
        ("near=Qqqqqqqq", "unknown place"),
        ("near=Leeds&within=far", "Write a distance"),
        ("age=old", "Write a whole number"),
    ] {
        let page = visitor.post("/search", form).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{form}");
        let error = page.text(".errors").to_lowercase();
        assert!(error.contains(&expected.to_lowercase()), "{form}: {error}");
        let target = &page.attributes(".errors a", "href")[0];
        assert_eq!(page.attributes(target, "id").len(), 1, "{form}: {target}");
    }
}

#[tokio::test]
async fn words_of_a_crisis_show_services_first() {
    let (visitor, _) = filled().await;
    let page = visitor.post("/search", "q=i+want+to+die").await;
    let services = page.text("main > .care:first-child");
    assert!(services.contains("Samaritans: 116 123"), "{}", page.html);
    let page = visitor.post("/search", "q=knitting").await;
    assert_eq!(page.text("main > .care"), "");
    assert!(page.text("footer").contains("116 123"));
}

#[tokio::test]
async fn what_a_visitor_does_not_want_is_left_out_and_named() {
    let (visitor, _) = filled().await;
    let refusing = "q=depression+group+but+no+church";
    let page = visitor.post("/search", refusing).await;
    assert_eq!(page.text("h1"), "2 results");
    let notices = page.text(".also");
    let (_, named) = notices.split_once("You do not want these").unwrap();
    assert!(named.contains("“church”"), "{notices}");
    let page = visitor.post("/search", "q=depression+group").await;
    assert!(!page.text(".also").contains("do not want"));
}

#[tokio::test]
async fn pages_of_results_are_posted() {
    let visitor = Visitor::new().await;
    let mut group = StoredGroup::new(1);
    for number in 0..25 {
        let name = format!("Circle {number}");
        group.put(
            "listing",
            &format!("k{number}"),
            &listing(&name, "", Some("Leeds")),
        );
    }
    visitor.indexed.publish(&mut group).await;
    let first = visitor.post("/search", "q=circle").await;
    assert_eq!(first.text("h1"), "25 results");
    assert_eq!(first.attributes(".hit h3 a", "href").len(), 20);
    let token = &first.attributes(".pager button[name=page]", "value")[0];
    let second = visitor
        .post("/search", &format!("q=circle&page={token}"))
        .await;
    let rest = second.attributes(".hit h3 a", "href");
    assert_eq!(rest.len(), 5, "{}", second.html);
    assert!(
        rest.iter()
            .all(|link| !first.html.contains(&format!("{link}\"")))
    );
    assert!(
        second
            .attributes(".pager button[name=page]", "value")
            .is_empty()
    );
}

#[tokio::test]
async fn a_record_answers_a_newcomers_questions_in_order() {
    let (visitor, id) = filled().await;
    let page = visitor.get(&format!("/group/{id}/listing/own")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.text("h1"), "Low Mood Circle");
    let headings = page.text("article > div > section > h2");
    let headings: Vec<&str> = headings.lines().collect();
    let expected = [
        "About",
        "Is it for me?",
        "When and where",
        "How do I join?",
        "What happens the first time?",
        "Getting in and taking part",
        "What does it cost?",
        "Staying safe",
        "Who runs it?",
    ];
    assert_eq!(headings[..expected.len()], expected);
    let text = page.text("main");
    for part in [
        "Only for",
        "Tuesdays at seven",
        "Every week on Tuesday",
        "Next 5 times",
        "7pm to 8:30pm",
        "New people can come without asking first.",
        "group.example",
        "Free",
        "Garden walk",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(
        !page.text("title").contains("Mood"),
        "a title that says nothing"
    );
}

#[tokio::test]
async fn a_catalogued_record_says_so_and_how_to_correct_or_remove_it() {
    let (visitor, _) = filled().await;
    let found = visitor.post("/search", "q=old+group").await;
    let link = found.attributes(".hit h3 a", "href");
    let page = visitor.get(&link[0]).await;
    assert!(
        page.text(".care").contains("A printed report"),
        "{}",
        page.html
    );
    let yours = page.text("#yours");
    assert!(yours.contains("Have this entry removed"), "{yours}");
    assert!(yours.contains("hello@library.example"), "{yours}");
    assert!(!page.html.contains("said nothing about access"));
}

#[tokio::test]
async fn a_record_and_its_proof_can_be_kept_and_a_record_that_is_gone_is_not_there() {
    let (visitor, id) = filled().await;
    let record = format!("/group/{id}/listing/own");
    for file in ["record", "proof"] {
        let page = visitor.get(&format!("{record}/{file}")).await;
        assert_eq!(page.status, StatusCode::OK, "{file}");
        assert_eq!(page.headers["content-type"], "application/octet-stream");
        assert!(!page.html.is_empty());
    }
    let unknown = format!("/group/{id}/listing/none");
    for path in [
        unknown.as_str(),
        "/group/xyz",
        "/group/xyz/listing/a",
        "/nothing",
    ] {
        let page = visitor.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text("h1").contains("not here"), "{path}");
    }
    let stranger = format!("/group/{}", "00".repeat(32));
    assert_eq!(visitor.get(&stranger).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_group_page_lists_its_records_by_kind() {
    let (visitor, id) = filled().await;
    let page = visitor.get(&format!("/group/{id}")).await;
    assert_eq!(page.text("h1"), "Low Mood Circle");
    assert_eq!(page.attributes(".links a", "href").len(), 3);
    assert!(page.text("h2").contains("Events"));
}

#[tokio::test]
async fn what_is_on_goes_by_day_week_and_month() {
    let (visitor, id) = filled().await;
    let week = visitor.get("/whats-on").await;
    assert_eq!(week.status, StatusCode::OK);
    assert_eq!(
        week.attributes(".hit h3 a", "href"),
        [format!("/group/{id}/event/walk")]
    );
    assert!(
        week.text(".hit time").contains("6pm to 8pm"),
        "{}",
        week.html
    );
    let next = &week.attributes(".week button[name=from]", "value")[1];
    let later = visitor.post("/whats-on", &format!("from={next}")).await;
    assert_eq!(
        later.attributes(".hit h3 a", "href").len(),
        1,
        "{}",
        later.html
    );
    let october = visitor
        .post("/whats-on", "range=month&from=2026-10-15")
        .await;
    assert_eq!(october.text(".week h2"), "October 2026");
    assert_eq!(
        october.attributes(".hit h3 a", "href").len(),
        4,
        "{}",
        october.html
    );
    let elsewhere = visitor.post("/whats-on", "near=Plymouth").await;
    assert!(
        elsewhere.text(".empty").contains("No events"),
        "{}",
        elsewhere.html
    );
    let unknown = visitor.post("/whats-on", "near=Qqqqqqqq").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    assert!(
        unknown
            .text(".errors")
            .to_lowercase()
            .contains("unknown place")
    );
    let long_ago = visitor.post("/whats-on", "from=1900-01-01&range=day").await;
    assert_eq!(
        long_ago.status,
        StatusCode::OK,
        "an impossible day is today"
    );
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
async fn what_was_typed_is_in_no_address_and_no_header() {
    let (visitor, _) = filled().await;
    let marker = "zyxmarker";
    for form in [
        format!("q={marker}&near=Leeds"),
        format!("q=depression&near={marker}"),
        format!("q=depression&who={marker}"),
        format!("q={marker}&page={marker}"),
    ] {
        let page = visitor.post("/search", &form).await;
        for (selector, attribute) in [("[href]", "href"), ("[action]", "action"), ("[src]", "src")]
        {
            let addresses = page.attributes(selector, attribute);
            assert!(
                addresses.iter().all(|one| !one.contains(marker)),
                "{addresses:?}"
            );
        }
        let headers = format!("{:?}", page.headers);
        assert!(!headers.contains(marker), "{headers}");
        assert!(!page.text("title").contains(marker));
    }
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

#[tokio::test]
async fn what_a_hidden_place_says_is_no_place() {
    let visitor = Visitor::new().await;
    let mut group = StoredGroup::new(1);
    let mut hidden = listing("Refuge circle", "", None);
    hidden.places = vec![v1::Place {
        precision: v1::Precision::Hidden.into(),
        ..v1::Place::default()
    }];
    group.put("listing", "a", &hidden);
    let mut region = listing("Regional circle", "", None);
    region.places = vec![town("Leeds")];
    group.put("listing", "b", &region);
    let id = group.id().to_string();
    visitor.indexed.publish(&mut group).await;
    let page = visitor.get(&format!("/group/{id}/listing/a")).await;
    assert!(
        page.text("main").contains("The place is not shown."),
        "{}",
        page.html
    );
}
