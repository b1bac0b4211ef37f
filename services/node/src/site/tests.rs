//! The public pages over a real node.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use hedgerow_core::name::RecordName;
use hedgerow_core::rules::RecordBody;
use hedgerow_proto::{steward_v1, v1};
use hedgerow_testkit::samples::{listing, room, town, weekly};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use prost::Message as _;
use scraper::{Html, Selector};
use tower::ServiceExt as _;

use super::routes;
use crate::signing::guard::Stop;
use crate::testing::{LABEL, Steward, TestNode, phrase};

mod files;
mod messages;
mod port;

/// A node with its pages, and the steward of its group.
struct Site {
    test: TestNode,
    pages: Router,
    steward: Steward,
}

/// A page as a browser got it.
struct Page {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Page {
    /// The text of the elements that a selector matches, each on a line.
    fn text(&self, selector: &str) -> String {
        let page = Html::parse_document(&self.body);
        let selector = Selector::parse(selector).unwrap();
        let texts = page.select(&selector).map(|element| {
            let text: String = element.text().collect();
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        });
        texts.collect::<Vec<_>>().join("\n")
    }

    /// The addresses that the links in a part of the page lead to.
    fn links(&self, selector: &str) -> Vec<String> {
        let page = Html::parse_document(&self.body);
        let selector = Selector::parse(selector).unwrap();
        let elements = page.select(&selector);
        let values = elements.filter_map(|element| element.value().attr("href"));
        values.map(str::to_owned).collect()
    }
}

impl Site {
    async fn new() -> Self {
        let test = TestNode::running(&[]).await;
        let pages = routes(test.node().shared().clone());
        Self {
            steward: test.steward(),
            pages,
            test,
        }
    }

    /// A node whose group publishes a listing, an event and a room.
    async fn filled() -> Self {
        let site = Self::new().await;
        site.publish("listing", &own_listing()).await;
        let event = weekly("Garden walk", "2026-05-05T18:00", "Sheffield");
        site.publish("event", &event).await;
        site.publish("offer", &room("Quiet room", 12, "Sheffield"))
            .await;
        site
    }

    async fn publish(&self, collection: &str, body: &impl prost::Message) -> v1::RecordName {
        publish(&self.steward, collection, body).await
    }

    async fn request(&self, request: Request<Body>) -> Page {
        let response: Response = self.pages.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Page {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    async fn get(&self, path: &str) -> Page {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        self.request(request).await
    }

    async fn post(&self, path: &str, headers: &[(&str, &str)], form: &str) -> Page {
        let mut request = Request::builder().method(Method::POST).uri(path);
        request = request.header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = Body::from(form.to_owned());
        self.request(request.body(body).unwrap()).await
    }

    /// The address of the group's page.
    fn group(&self) -> String {
        format!("/g/{}", self.steward.group_id)
    }
}

fn own_listing() -> v1::Listing {
    v1::Listing {
        description: "We meet over tea.".into(),
        first_time: "Somebody meets you at the door.".into(),
        openness: v1::Openness::Open.into(),
        ..listing(
            "Low Mood Circle",
            "For women with depression",
            Some("Sheffield"),
        )
    }
}

/// Publishes a record, and confirms whatever the rules ask about it.
async fn publish(
    steward: &Steward,
    collection: &str,
    body: &impl prost::Message,
) -> v1::RecordName {
    let draft = steward_v1::RecordDraft {
        body: body.encode_to_vec(),
        language: "en-GB".to_owned(),
        ..steward_v1::RecordDraft::default()
    };
    let request_id = crate::testing::request_id();
    let created = steward.try_create_of(collection, &request_id, draft).await;
    created.unwrap().record.unwrap().name.unwrap()
}

fn path_of(site: &Site, name: &v1::RecordName) -> String {
    format!("{}/{}/{}", site.group(), name.collection, name.key)
}

#[tokio::test]
async fn a_node_without_public_records_says_so() {
    let site = Site::new().await;
    let page = site.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text(".empty").contains("No group has published"));
    for path in [site.group(), format!("/g/{LABEL}"), "/g/nobody".to_owned()] {
        assert_eq!(site.get(&path).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_page_about_safety_says_whom_to_call_and_what_leaving_does_not_erase() {
    let site = Site::new().await;
    let page = site.get("/staying-safe").await;
    assert_eq!(page.status, StatusCode::OK);
    let words = page.text("main");
    for part in [
        "116 123",
        "It cannot erase what your browser remembers",
        "Your words are not in those addresses",
        "A private window forgets them",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
}

#[tokio::test]
async fn the_page_of_the_only_group_is_the_first_page() {
    let site = Site::filled().await;
    let first = site.get("/").await;
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(first.text("h1"), "Low Mood Circle");
    for path in [site.group(), format!("/g/{LABEL}")] {
        assert_eq!(site.get(&path).await.body, first.body, "{path}");
    }
    assert!(first.text(".lead").contains("For women with depression"));
    let coming = first.text(".hits");
    assert!(coming.contains("Garden walk"), "{coming}");
    assert!(coming.contains("Tuesday 5 May, 6pm"), "{coming}");
    assert!(first.text("main").contains("Quiet room"));
    assert!(
        first
            .text("main")
            .contains("New people can come without asking first.")
    );
    // Window titles are seen by others.
    assert!(!first.text("title").contains("Low Mood"));
    assert_eq!(first.headers["cache-control"], "no-store");
    assert_eq!(first.headers["referrer-policy"], "no-referrer");
    assert!(!first.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn a_record_has_a_page_of_its_own() {
    let site = Site::filled().await;
    let first = site.get("/").await;
    let event = &first.links(".hits a")[0];
    let page = site.get(event).await;
    assert_eq!(page.text("h1"), "Garden walk");
    assert!(
        page.text("main").contains("Every week"),
        "{}",
        page.text("main")
    );
    assert_eq!(page.links(".by a"), [site.group()]);
    let room = first
        .links(".links a")
        .into_iter()
        .find(|link| link.contains("/offer/"));
    assert_eq!(site.get(&room.unwrap()).await.text("h1"), "Quiet room");
    for path in [
        format!("{}/event/none", site.group()),
        format!("{}/Event/UPPER", site.group()),
        format!("{}/circumstances", site.group()),
        format!("{}/need", site.group()),
        "/whats-on".to_owned(),
    ] {
        let page = site.get(&path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text("h1").contains("not here"));
    }
    let posted = site.post(&site.group(), &[], "").await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn what_is_withdrawn_or_narrowed_is_gone_at_once() {
    let site = Site::filled().await;
    let secret = v1::Event {
        summary: "Moonlit".into(),
        ..weekly("Night swim", "2026-05-06T18:00", "Sheffield")
    };
    let name = site.publish("event", &secret).await;
    let path = path_of(&site, &name);
    let files = [
        path.clone(),
        site.group(),
        format!("{}/event", site.group()),
        format!("{}/events.ics", site.group()),
        format!("{}/feed.atom", site.group()),
    ];
    let shows = async |path: &str| site.get(path).await.body.contains("Night swim");
    for path in &files {
        assert!(shows(path).await, "{path}");
    }
    let stored = site.steward.list().await;
    let stored = stored
        .into_iter()
        .find(|it| it.name.as_ref() == Some(&name));
    let narrowed = steward_v1::RecordDraft {
        body: secret.encode_to_vec(),
        language: "en-GB".to_owned(),
        audience: Some(steward_v1::RecordAudience {
            audience: Some(steward_v1::record_audience::Audience::NodeOnly(true)),
        }),
        ..steward_v1::RecordDraft::default()
    };
    let etag = stored.unwrap().etag;
    site.steward.update(name, &etag, narrowed).await.unwrap();
    for path in &files {
        assert!(!shows(path).await, "{path}");
    }
    assert_eq!(site.get(&path).await.status, StatusCode::NOT_FOUND);
    for record in site.steward.list().await {
        site.steward.withdraw(record.name.unwrap()).await;
    }
    for path in &files[1..] {
        assert_eq!(site.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(site.get("/").await.text(".empty").contains("No group"));
}

#[tokio::test]
async fn an_edit_that_waits_for_its_head_is_shown_as_it_will_be() {
    let mut test = TestNode::new(&["https://127.0.0.1:1".parse().unwrap()]).await;
    test.start().await;
    let pages = routes(test.node().shared().clone());
    let site = Site {
        steward: test.steward(),
        pages,
        test,
    };
    let name = site.publish("listing", &own_listing()).await;
    assert!(!site.steward.list().await[0].published, "no head is signed");
    assert_eq!(site.get("/").await.text("h1"), "Low Mood Circle");
    site.steward.withdraw(name).await;
    assert!(!site.get("/").await.body.contains("Low Mood Circle"));
}

#[tokio::test]
async fn an_ended_group_shows_nothing() {
    let mut site = Site::filled().await;
    let path = site.group();
    assert_eq!(site.get(&path).await.status, StatusCode::OK);
    site.test.stop().await;
    let node = site.test.open().await;
    node.deactivate(LABEL, &phrase(1)).await.unwrap();
    node.close().await;
    site.test.start().await;
    site.pages = routes(site.test.node().shared().clone());
    for path in [
        path.clone(),
        format!("{path}/feed.atom"),
        format!("{path}/events.ics"),
    ] {
        assert_eq!(
            site.get(&path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    assert!(!site.get("/").await.body.contains("Low Mood"));
}

#[tokio::test]
async fn several_groups_are_a_list_of_those_with_a_listing() {
    let site = Site::filled().await;
    let node = site.test.node();
    for (label, number) in [("them", 2), ("quiet", 3)] {
        node.add_group(label, &phrase(number)).await.unwrap();
    }
    let them = site.test.steward_of("them");
    publish(
        &them,
        "listing",
        &listing("A <b>choir</b>", "We sing", None),
    )
    .await;
    let quiet = site.test.steward_of("quiet");
    publish(
        &quiet,
        "event",
        &weekly("Quiet hour", "2026-05-05T18:00", "Leeds"),
    )
    .await;
    let page = site.get("/").await;
    let names = page.text(".hit h2");
    assert_eq!(names, "A <b>choir</b>\nLow Mood Circle");
    let links = page.links(".hit a");
    assert_eq!(links, [format!("/g/{}", them.group_id), site.group()]);
    assert_eq!(site.get(&links[0]).await.text("h1"), "A <b>choir</b>");
    assert!(!page.body.contains(&quiet.group_id.to_string()));
    // A group with events only has a page, for those who know it.
    let quiet = site.get(&format!("/g/{}", quiet.group_id)).await;
    assert!(quiet.text("main").contains("Quiet hour"));
}

#[tokio::test]
async fn many_groups_are_on_several_pages() {
    let site = Site::filled().await;
    let node = site.test.node();
    let mut names = vec!["Low Mood Circle".to_owned()];
    for number in 2..105 {
        let label = format!("group-{number}");
        node.add_group(&label, &phrase(number)).await.unwrap();
        let steward = site.test.steward_of(&label);
        let name = format!("Group {number}");
        publish(&steward, "listing", &listing(&name, "We meet", None)).await;
        names.push(name);
    }
    let first = site.get("/").await;
    let links = first.links("main a");
    let next = links.iter().find(|link| link.starts_with("/?after="));
    let second = site.get(next.unwrap()).await;
    assert!(
        !second
            .links("main a")
            .iter()
            .any(|link| link.contains("?after="))
    );
    let shown = format!("{}\n{}", first.text(".hit h2"), second.text(".hit h2"));
    let mut shown: Vec<&str> = shown.lines().collect();
    shown.sort_unstable();
    names.sort_unstable();
    assert_eq!(shown, names);
}

#[tokio::test]
async fn a_group_whose_later_state_is_elsewhere_shows_nothing() {
    let site = Site::filled().await;
    let shared = site.test.node().shared();
    let group = shared.groups.get(&site.steward.group_id).unwrap();
    let subject = shared.subject(LABEL);
    for (stop, is_hidden) in [
        (Stop::behind(subject, "https://directory.example"), true),
        (Stop::moved(subject), true),
        (
            Stop::equivocation(subject, "https://directory.example"),
            false,
        ),
    ] {
        group.guard.stop(stop.clone());
        let status = site.get(&site.group()).await.status;
        assert_eq!(status == StatusCode::NOT_FOUND, is_hidden, "{stop:?}");
    }
    group.guard.release();
    assert_eq!(site.get(&site.group()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn past_and_cancelled_dates_are_told_apart() {
    let site = Site::filled().await;
    let once = |title: &str, start: &str| v1::Event {
        schedule: Some(v1::Schedule {
            start: start.into(),
            duration_minutes: 60,
            time_zone: "Europe/London".into(),
            ..v1::Schedule::default()
        }),
        place: Some(town("Sheffield")),
        ..weekly(title, start, "Sheffield")
    };
    site.publish("event", &once("Long ago", "2026-03-02T19:00"))
        .await;
    let cancelled = v1::Event {
        status: v1::EventStatus::Cancelled.into(),
        ..once("Called off", "2026-06-02T19:00")
    };
    site.publish("event", &cancelled).await;
    let page = site.get("/").await;
    let coming = page.text(".hits");
    assert!(
        coming.contains("Cancelled Called off Tuesday 2 June"),
        "{coming}"
    );
    assert!(!page.body.contains("Long ago"));
    let all = format!("{}/event", site.group());
    assert!(page.links("main a").contains(&all));
    assert!(site.get(&all).await.text("main").contains("Long ago"));
}

#[tokio::test]
async fn a_long_list_has_pages() {
    let site = Site::new().await;
    let changes = (0..130).map(|number| {
        let draft = steward_v1::RecordDraft {
            body: room(&format!("Room {number:03}"), 5, "Leeds").encode_to_vec(),
            ..steward_v1::RecordDraft::default()
        };
        steward_v1::RecordChange {
            change: Some(steward_v1::record_change::Change::Put(
                steward_v1::NewRecord {
                    collection: "offer".to_owned(),
                    draft: Some(draft),
                },
            )),
        }
    });
    site.steward.publish(changes.collect()).await.unwrap();
    let first = site.get("/").await;
    let all = format!("{}/offer", site.group());
    assert!(first.links("main a").contains(&all));
    assert_eq!(first.links(".links a").len(), 12);
    let mut seen = Vec::new();
    let mut next = Some(all);
    while let Some(path) = next {
        let page = site.get(&path).await;
        seen.extend(page.links(".links a"));
        let links = page.links("main a");
        next = links.into_iter().find(|link| link.contains("?after="));
    }
    assert_eq!(seen.len(), 130);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 130);
}

#[tokio::test]
async fn a_costly_event_does_not_hold_up_the_page() {
    let site = Site::filled().await;
    let costly = v1::Event {
        schedule: Some(v1::Schedule {
            rrules: vec!["FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO".into()],
            ..weekly("x", "2026-05-05T18:00", "Leeds").schedule.unwrap()
        }),
        ..weekly("Leap day", "2026-05-05T18:00", "Leeds")
    };
    // The rules may refuse it; a page must not depend on that.
    let body = RecordBody::parse("event", &costly.encode_to_vec());
    assert!(body.is_ok());
    let draft = steward_v1::RecordDraft {
        body: costly.encode_to_vec(),
        ..steward_v1::RecordDraft::default()
    };
    let request_id = crate::testing::request_id();
    let created = site
        .steward
        .try_create_of("event", &request_id, draft)
        .await;
    let started = std::time::Instant::now();
    let page = site.get("/").await;
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(page.status, StatusCode::OK);
    if let Ok(created) = created {
        let name = created.record.unwrap().name.unwrap();
        assert!(RecordName::try_from(&name).is_ok());
        let page = site.get(&path_of(&site, &name)).await;
        assert_eq!(page.status, StatusCode::OK);
    }
}
