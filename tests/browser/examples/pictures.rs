//! Takes pictures of the pages of the demonstration: wide, dark, on two phones, and printed.
//!
//! `tests/browser/screenshots FOLDER` runs it.

#![expect(
    clippy::unwrap_used,
    reason = "without the page there is no picture of it"
)]

use std::env;
use std::path::PathBuf;

use hedgerow_browser_tests::walk::{five_pages, words};
use hedgerow_browser_tests::{Browser, Demonstration, NARROW, PHONE, WIDE};
use serde_json::{Value, json};

/// The pages of a directory that have an address, by the names of their pictures.
const DIRECTORY: [(&str, &str); 19] = [
    ("home", "/"),
    ("whats-on", "/whats-on"),
    ("more", "/more"),
    ("list-rooms", "/rooms"),
    ("list-who-helps-whom", "/who-helps-whom"),
    ("list-training", "/training"),
    ("list-documents", "/documents"),
    ("list-funding", "/funding"),
    ("list-promises", "/promises"),
    ("list-stories", "/stories"),
    ("about", "/about"),
    ("coverage", "/coverage"),
    ("coverage-survey", "/coverage?by=mind-2013"),
    ("map", "/map"),
    ("map-region", "/map/south-east"),
    ("printed-form", "/printed"),
    ("staying-safe", "/staying-safe"),
    ("not-found", "/nothing"),
    ("home-welsh", "/cy/"),
];
/// What is typed into a form, by the names of its fields.
type Fields = &'static [(&'static str, &'static str)];

/// The pages behind forms, with what is typed.
const POSTED: [(&str, &str, Fields); 10] = [
    (
        "results",
        "/search",
        &[
            ("q", "depression"),
            ("near", "Sheffield"),
            ("within", "20mi"),
        ],
    ),
    (
        "nothing",
        "/search",
        &[
            ("q", "depression"),
            ("near", "Penzance"),
            ("within", "3mi"),
            ("free", "yes"),
        ],
    ),
    ("crisis", "/search", &[("q", "suicidal thoughts")]),
    ("two-places", "/search", &[("near", "Newport")]),
    ("unknown-place", "/search", &[("near", "Sheffeild")]),
    (
        "whats-on-month",
        "/whats-on",
        &[("near", "Leeds"), ("range", "month")],
    ),
    ("calendar", "/whats-on/calendar", &[("near", "Sheffield")]),
    (
        "share",
        "/share",
        &[("q", "depression"), ("near", "Sheffield"), ("make", "yes")],
    ),
    (
        "printed",
        "/printed",
        &[("near", "Sheffield"), ("within", "10mi")],
    ),
    ("rooms-near", "/rooms", &[("near", "Leeds")]),
];
/// The pages of the console below its address.
const CONSOLE: [(&str, &str); 11] = [
    ("home", ""),
    ("listing", "/listing"),
    ("events", "/events"),
    ("offers", "/offers"),
    ("new-room", "/edit/offer/new-space/form/all"),
    ("messages", "/messages"),
    ("people", "/people"),
    ("shown", "/shown"),
    ("history", "/history"),
    ("import", "/import"),
    ("settings", "/settings"),
];

struct Pictures {
    browser: Browser,
    folder: PathBuf,
}

impl Pictures {
    /// Takes all pictures of the page that is open.
    async fn take(&self, name: &str) {
        let browser = &self.browser;
        for (kind, width, theme) in [
            ("wide", WIDE, "light"),
            ("dark", WIDE, "dark"),
            ("360", PHONE, "light"),
            ("320", NARROW, "light"),
        ] {
            browser.resize(width).await;
            browser.prefer("prefers-color-scheme", theme).await;
            let file = self.folder.join(format!("{name}-{kind}.png"));
            browser.picture(&file).await;
        }
        // What is clicked next would still move otherwise.
        browser.prefer("prefers-reduced-motion", "reduce").await;
        let file = self.folder.join(format!("{name}.pdf"));
        browser.print().await.keep(&file);
        // A picture of more than the window leaves it in another size.
        let clear = "Emulation.clearDeviceMetricsOverride";
        browser.tools(clear, json!({})).await;
        browser.resize(WIDE).await;
    }

    async fn open(&self, name: &str, address: &str) {
        self.browser.open(address).await;
        self.take(name).await;
    }

    /// The address of the first link that a selector matches.
    async fn link(&self, selector: &str) -> String {
        let link = self.browser.find(selector).await;
        link.prop("href").await.unwrap().unwrap()
    }

    async fn directory(&self, directory: &str) {
        for (name, path) in DIRECTORY {
            self.open(name, &format!("{directory}{path}")).await;
        }
        for (name, path, fields) in POSTED {
            self.browser.open(directory).await;
            self.browser.post(path, fields).await;
            self.take(name).await;
        }
        let mut picked = Vec::new();
        for (name, fields) in [
            ("record", [("q", "depression"), ("near", "Sheffield")]),
            ("event", [("in", "event"), ("near", "Sheffield")]),
            ("room", [("in", "offer"), ("near", "Leeds")]),
            (
                "catalogued",
                [("q", "hearing voices"), ("voice", "catalogued")],
            ),
        ] {
            self.browser.open(directory).await;
            self.browser.post("/search", &fields).await;
            let address = self.link(".hit h3 a").await;
            self.open(name, &address).await;
            picked.push(address[directory.len()..].to_owned());
        }
        let group = picked[0].split('/').nth(2).unwrap();
        self.open("group", &format!("{directory}/group/{group}"))
            .await;
        self.open("fits", &format!("{directory}{}/fits", picked[2]))
            .await;
        self.open("yours", &format!("{directory}{}/yours", picked[3]))
            .await;
        let picked: Vec<_> = picked.iter().map(|path| ("pick", &**path)).collect();
        self.browser.open(directory).await;
        self.browser.post("/sheet", &picked).await;
        self.take("sheet").await;
    }

    /// A group's own pages: its first page, and one of each kind to which that leads.
    async fn node(&self, group: &str) {
        self.open("node-group", group).await;
        let links = "return [...document.querySelectorAll('main a[href]')]
            .filter(link => link.origin === location.origin && !link.hasAttribute('download'))
            .map(link => link.href).filter(address => !address.includes('#'))";
        let links = self.browser.run(links).await;
        for (at, link) in links.as_array().unwrap().iter().enumerate() {
            let link = link.as_str().unwrap();
            if !link.ends_with(".ics") && !link.ends_with(".atom") {
                self.open(&format!("node-{at:02}"), link).await;
            }
        }
    }

    /// The console: the first pages as a person fills them in, and each page of every day.
    async fn console(&self, link: &str) {
        self.open("console-link", link).await;
        self.browser.follow("main form button").await;
        self.take("console-first").await;
        five_pages(&self.browser).await;
        self.take("console-words").await;
        words(&self.browser).await;
        self.take("console-published").await;
        let published = self.browser.client.current_url().await.unwrap();
        let console = published.as_str().trim_end_matches("/published").to_owned();
        for (name, path) in CONSOLE {
            self.open(&format!("console-{name}"), &format!("{console}{path}"))
                .await;
        }
        for step in ["about", "who", "where", "when", "join"] {
            let site = console.split("/console").next().unwrap();
            let address = format!("{site}/console/first/{step}");
            self.open(&format!("console-first-{step}"), &address).await;
        }
    }
}

#[tokio::main]
async fn main() {
    let mut arguments = env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("name a folder for the pictures"));
    std::fs::create_dir_all(&folder).unwrap();
    let demonstration = Demonstration::start();
    let pictures = Pictures {
        browser: Browser::start().await,
        folder,
    };
    pictures.node(&demonstration.group).await;
    pictures.console(&demonstration.console).await;
    pictures.directory(&demonstration.directory).await;
    let requests = pictures.browser.requests().await;
    let is_own = |address: &str| address.starts_with("http://127.0.0.1:");
    let elsewhere: Vec<&Value> = requests
        .iter()
        .filter(|(address, _)| !is_own(address) && !address.starts_with("data:"))
        .map(|(_, request)| request)
        .collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
    pictures.browser.close().await;
}
