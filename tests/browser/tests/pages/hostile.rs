//! A group that means harm, in the real programs: its words stay words on every page.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use hedgerow_browser_tests::{Browser, NARROW};
use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::time::Clock as _;
use hedgerow_proto::ingest_v1::PushRequest;
use hedgerow_proto::ingest_v1::ingest_service_client::IngestServiceClient;
use hedgerow_testkit::hostile::filled_with;
use hedgerow_testkit::http::request;
use hedgerow_testkit::program::Server;
use hedgerow_testkit::{FakeGroup, program};
use hedgerow_transport::clock::SystemClock;
use hedgerow_transport::connector::{Connector, ConnectorConfig, Trust};
use serde_json::{Value, json};
use url::Url;

use super::fits::BEYOND;
use super::markup::validate;

/// As long as a tag may be. A page that took it for markup would have an element of the class.
const WORDS: &str = "\"></textarea></script><hr class=zyx onx=1><script>alert(1)</script>{{7}}{$x}مجموعة 👪WWWWWWWWWWWWWWWW";
const MAX_LONG_TEXT: usize = 10_000;
/// Pages that are opened. There are fewer.
const MAX_PAGES: usize = 150;
/// Indexing takes a moment.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// Elements that no template has, and scripts that are not files of the site.
const FOREIGN: &str = "return [...document.querySelectorAll(
    '.zyx, [onx], script:not([src^=\"/assets/\"]), iframe, object, embed, img, base, [style]')]
    .map(element => element.outerHTML.slice(0, 160))";
/// The links within a site, without those to files and to pages in another language.
const LINKS: &str = "return [...document.querySelectorAll('a[href]')]
    .filter(link => link.origin === location.origin && !link.hasAttribute('download'))
    .map(link => link.pathname + link.search)
    .filter(path => !/^\\/cy\\b|\\.(ics|csv|svg|atom)\\b|^\\/map\\/|\\/(record|proof)$/.test(path))";

/// The steps of checks that each page has to pass.
struct Checks<'a> {
    browser: &'a Browser,
    site: String,
    /// Pages as the server sent them, to be validated.
    sent: Vec<(String, String)>,
}

impl<'a> Checks<'a> {
    fn new(browser: &'a Browser, site: &str) -> Self {
        Self {
            browser,
            site: site.to_owned(),
            sent: Vec::new(),
        }
    }

    /// The page that is open has the words as words.
    async fn check(&self, name: &str) {
        let browser = self.browser;
        let dialog = browser.client.get_alert_text().await;
        assert!(dialog.is_err(), "{name} opened a dialog: {dialog:?}");
        for script in [FOREIGN, BEYOND] {
            let found = browser.run(script).await;
            assert_eq!(found, json!([]), "{name}");
        }
        let title = browser.client.title().await.unwrap();
        assert!(!title.contains("zyx"), "{name}: {title}");
    }

    /// Opens a page and all pages to which it leads.
    async fn crawl(&mut self, first: &str) -> BTreeSet<String> {
        let mut waiting = VecDeque::from([first.to_owned()]);
        let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
        while let Some(page) = waiting.pop_front() {
            assert!(seen.len() < MAX_PAGES, "{seen:#?}");
            self.browser.open(&format!("{}{page}", self.site)).await;
            self.check(&page).await;
            let links = self.browser.run(LINKS).await;
            for link in links.as_array().unwrap().iter().filter_map(Value::as_str) {
                if seen.insert(link.to_owned()) {
                    waiting.push_back(link.to_owned());
                }
            }
        }
        seen
    }

    /// Keeps a page as the server sends it, with the fields of a form or without.
    fn fetch(&mut self, path: &str, form: Option<&str>) {
        let port = Url::parse(&self.site).unwrap().port().unwrap();
        let method = if form.is_some() { "POST" } else { "GET" };
        let response = request(port, method, path, form.unwrap_or_default());
        // A place that is not known is named in an error.
        let is_page = ["HTTP/1.1 200", "HTTP/1.1 400"]
            .iter()
            .any(|it| response.starts_with(it));
        assert!(is_page, "{path}: {response}");
        let (_, html) = response.split_once("\r\n\r\n").unwrap();
        self.sent.push((path.to_owned(), html.to_owned()));
    }

    /// Ends the checks: the HTML is valid, and the browser requested nothing from elsewhere.
    async fn finish(self) {
        let (is_valid, output) = validate(&self.sent);
        assert!(is_valid, "{output}");
        for (address, _) in self.browser.requests().await {
            let is_own = address.starts_with(&self.site) || address.starts_with("data:");
            assert!(is_own, "{address}");
        }
    }
}

/// Pushes a group's records to a directory, as a program does that ignores the rules for nodes.
async fn push(address: &str, group: &mut FakeGroup) {
    let records = group.records.len();
    let address: Endpoint = address.parse().unwrap();
    let connector = Connector::new(ConnectorConfig::default());
    let channel = connector.channel(&address, Trust::Configured).unwrap();
    let head = group.sign();
    let items = group.whole(&head).into_iter();
    let requests: Vec<_> = items.map(|item| PushRequest { item: Some(item) }).collect();
    let mut client = IngestServiceClient::new(channel);
    let pushed = client.push(futures::stream::iter(requests)).await.unwrap();
    let pushed = pushed.into_inner();
    assert_eq!(
        (pushed.kept as usize, pushed.refused),
        (records, 0),
        "{pushed:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_groups_words_are_text_on_every_page_of_a_directory() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("aggregator");
    program::init_aggregator(&home);
    let server = Server::start("hedgerow-aggregator", &home);
    let port = server.address.parse::<Endpoint>().unwrap().port;
    let site = format!("http://127.0.0.1:{port}");
    let mut group = FakeGroup::new(7, SystemClock.now());
    let long = format!(
        "{WORDS} {}",
        "x".repeat(MAX_LONG_TEXT - WORDS.chars().count() - 1)
    );
    let records = filled_with(WORDS, &long);
    let mut paths = Vec::new();
    for (at, record) in records.iter().enumerate() {
        let key = format!("{at:02x}");
        group.put_body(record.collection, &key, &record.body);
        paths.push(format!("/group/{}/{}/{key}", group.id(), record.collection));
    }
    push(&server.address, &mut group).await;

    let browser = Browser::start().await;
    browser.resize(NARROW).await;
    let until = Instant::now() + MAX_WAIT;
    browser.open(&site).await;
    while browser.count(".tiles button").await == 0 {
        let shown = browser.text("main").await;
        assert!(Instant::now() < until, "nothing is indexed: {shown}");
        tokio::time::sleep(Duration::from_millis(200)).await;
        browser.open(&site).await;
    }
    let mut checks = Checks::new(&browser, &site);
    let opened = checks.crawl("/").await;
    let group_page = format!("/group/{}", group.id());
    assert!(opened.contains(&group_page), "{opened:#?}");
    for path in &paths {
        checks.browser.open(&format!("{site}{path}")).await;
        checks.check(path).await;
        let page = browser.text("main").await;
        assert!(page.contains("<script>alert(1)</script>"), "{path}: {page}");
        checks.fetch(path, None);
    }
    for (path, fields) in [
        (
            "/search",
            vec![("in", "listing"), ("in", "event"), ("in", "offer")],
        ),
        ("/search", vec![("q", WORDS), ("near", WORDS)]),
        ("/whats-on", vec![("near", "Sheffield"), ("range", "month")]),
        ("/printed", vec![("near", "Sheffield")]),
        (
            "/sheet",
            paths.iter().map(|path| ("pick", &**path)).collect(),
        ),
        (
            "/share",
            vec![("q", WORDS), ("who", WORDS), ("make", "yes")],
        ),
        ("/rooms", vec![("q", "alert")]),
    ] {
        browser.post(path, &fields).await;
        checks.check(path).await;
        let fields = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        checks.fetch(path, Some(&fields));
    }
    checks.fetch(&group_page, None);
    checks.finish().await;
    browser.close().await;
}

/// Publishes a record as a steward, with the command.
fn publish(folder: &Path, document: &Value) {
    let kind = document["kind"].as_str().unwrap();
    let file = folder.join(format!("{kind}.yaml"));
    fs::write(&file, document.to_string()).unwrap();
    let output = Command::new(program::path("hedgerow"))
        .args(["publish", "--json", file.to_str().unwrap()])
        .env("HEDGEROW_STEWARD", folder.join("node/stewards/kettle.json"))
        .env("HEDGEROW_SETTINGS", "/nowhere/settings.json")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{kind}: {errors}");
}

/// Records that a node's rules let through, with the words wherever a person may write freely.
fn documents() -> [Value; 3] {
    let place = json!({
        "precision": "town", "name": "Sheffield", "geonames_id": 2_638_077, "country": "GB",
    });
    let schedule = json!({
        "start": "2026-12-01T19:00", "duration_minutes": 120, "time_zone": "Europe/London",
        "rrules": ["FREQ=WEEKLY"], "words": WORDS,
    });
    let long = format!("{WORDS} {}", "x".repeat(9_000));
    [
        json!({
            "kind": "listing", "name": WORDS, "summary": WORDS, "description": long,
            "voice": "itself", "roles": ["support-group"], "places": [place],
            "who_for": [{ "own_words": WORDS, "emphasis": "welcome" }], "schedules": [schedule],
            "how_to_join_words": WORDS, "first_time": WORDS, "used_terms": [WORDS],
            "rejected_terms": [WORDS], "anything_else": WORDS,
        }),
        json!({
            "kind": "event", "title": WORDS, "summary": WORDS, "description": long,
            "schedule": schedule, "place": place, "how_to_join_words": WORDS,
        }),
        json!({
            "kind": "offer", "how_to_ask": WORDS,
            "resource": {
                "title": WORDS, "summary": WORDS, "description": long, "conditions": WORDS,
                "place": place, "space": { "capacity": 12, "toilets": WORDS, "features": [WORDS] },
            },
        }),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_words_are_text_on_a_groups_own_pages_and_in_the_console() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("node");
    program::init_node(&home, &[]);
    program::add_group(&home, "kettle");
    let server = Server::start("hedgerow-node", &home);
    let port = server.address.parse::<Endpoint>().unwrap().port;
    let site = format!("http://127.0.0.1:{port}");
    for document in documents() {
        publish(folder.path(), &document);
    }
    let browser = Browser::start().await;
    browser.resize(NARROW).await;
    let mut checks = Checks::new(&browser, &site);
    let pages = checks.crawl("/").await;
    for part in ["/g/", "/event/", "/offer/"] {
        assert!(
            pages.iter().any(|page| page.contains(part)),
            "{part}: {pages:#?}"
        );
    }
    // The console is for those who sign in.
    for page in pages.iter().filter(|page| !page.starts_with("/console")) {
        checks.fetch(page, None);
    }
    let printed = program::run_in(&home, "hedgerow-node", &["console"]);
    let link = printed.split_whitespace().find(|it| it.starts_with("http"));
    browser.open(link.unwrap()).await;
    browser.follow("main form button").await;
    let console = browser.client.current_url().await.unwrap();
    let first = format!("{}{}", console.path(), console.query().unwrap_or_default());
    let pages = checks.crawl(&first).await;
    for part in ["/edit/event/", "/edit/offer/", "/history"] {
        assert!(
            pages.iter().any(|page| page.contains(part)),
            "{part}: {pages:#?}"
        );
    }
    checks.finish().await;
    browser.close().await;
}
