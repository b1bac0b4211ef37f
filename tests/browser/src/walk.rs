//! What a person does in the console, over the real programs.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use fantoccini::Locator;
use hedgerow_core::endpoint::Endpoint;
use hedgerow_testkit::program;
use hedgerow_testkit::program::Server;

use crate::browser::Browser;

pub const GROUP: &str = "Kettle Room Gatherings";
/// What is shown in the directory after it was published there, or is gone after it was taken
/// back: delivery and indexing take a moment.
const MAX_DELIVERY: Duration = Duration::from_secs(60);

/// A directory and a node that publishes to it, both new.
pub struct Programs {
    pub folder: tempfile::TempDir,
    pub directory: String,
    pub aggregator: Option<Server>,
    _node: Server,
}

impl Programs {
    /// The node publishes to the directory by its configuration.
    pub fn start() -> Self {
        Self::start_with(true, "info", |_| ())
    }

    /// The node has no directory in its configuration.
    pub fn start_apart() -> Self {
        Self::start_with(false, "info", |_| ())
    }

    /// The directory logs everything that it can. `prepare` changes the files in its folder.
    pub fn start_traced(prepare: impl FnOnce(&Path)) -> Self {
        Self::start_with(true, "trace", prepare)
    }

    fn start_with(knows_directory: bool, level: &str, prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("aggregator");
        program::init_aggregator(&home);
        prepare(&home);
        let aggregator = Server::start_with_log("hedgerow-aggregator", &home, level);
        let port = aggregator.address.parse::<Endpoint>().unwrap().port;
        let home = folder.path().join("node");
        let known = [aggregator.address.as_str()];
        program::init_node(&home, if knows_directory { &known } else { &[] });
        // Messages that wait at the directory are fetched while a test waits for them.
        let file = home.join("hedgerow-node.toml");
        let written = std::fs::read_to_string(&file).unwrap();
        let often = written.replace("fetch_seconds = 300", "fetch_seconds = 1");
        assert_ne!(often, written);
        std::fs::write(file, often).unwrap();
        let node = Server::start("hedgerow-node", &home);
        Self {
            folder,
            directory: format!("http://127.0.0.1:{port}"),
            aggregator: Some(aggregator),
            _node: node,
        }
    }

    /// A new link that opens the console.
    pub fn link(&self) -> String {
        let node = self.folder.path().join("node");
        let printed = program::run_in(&node, "hedgerow-node", &["console"]);
        let link = printed.split_whitespace().find(|it| it.starts_with("http"));
        link.unwrap_or_else(|| panic!("no link: {printed}"))
            .to_owned()
    }

    /// Waits until the directory finds the group, or does not.
    pub async fn until_found(&self, browser: &Browser, is_found: bool) {
        let until = Instant::now() + MAX_DELIVERY;
        loop {
            browser.open(&self.directory).await;
            fill(browser, "q", "kettle gatherings").await;
            browser.follow(".searchbox button").await;
            if browser.text("main").await.contains(GROUP) == is_found {
                return;
            }
            assert!(Instant::now() < until, "found: {}", !is_found);
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

pub async fn fill(browser: &Browser, field: &str, text: &str) {
    let field = browser.find(&format!("main [name='{field}']")).await;
    field.clear().await.unwrap();
    field.send_keys(text).await.unwrap();
}

pub async fn choose(browser: &Browser, field: &str, value: &str) {
    let selector = format!("main [name='{field}'][value='{value}']");
    browser.find(&selector).await.click().await.unwrap();
}

pub async fn go_on(browser: &Browser) {
    browser
        .follow("main form:not([hidden]) button[type=submit]")
        .await;
}

/// Fills in the five pages, and agrees to what they make public.
pub async fn five_pages(browser: &Browser) {
    let who = "women who know what a bad week is";
    let when = "every second Tuesday from 5 January 2027, 7-9pm";
    five_pages_of(browser, GROUP, who, when).await;
}

/// Fills in the five pages for a group that meets on Tuesdays in Sheffield.
pub async fn five_pages_of(browser: &Browser, name: &str, who: &str, when: &str) {
    fill(browser, "name", name).await;
    fill(
        browser,
        "summary",
        "A weekly cup of tea for anyone who finds things hard.",
    )
    .await;
    go_on(browser).await;
    fill(browser, "who_words", who).await;
    go_on(browser).await;
    choose(browser, "place", "town").await;
    fill(browser, "town", "Sheffield").await;
    go_on(browser).await;
    fill(browser, "when", when).await;
    go_on(browser).await;
    // The dates are shown before they count.
    let reading = browser.text("#reading").await;
    assert!(reading.contains("Tuesday "), "{reading}");
    assert_eq!(browser.count("#reading > ul li").await, 5, "the next dates");
    go_on(browser).await;
    choose(browser, "openness", "open").await;
    go_on(browser).await;
    let public = browser.text("main").await;
    for words in [name, "Sheffield", "Everyone can see", "Nobody else can see"] {
        assert!(public.contains(words), "{words}: {public}");
    }
    go_on(browser).await;
}

/// Has the words made by the console's program, where scripts are off, and types two of them back.
pub async fn words_of_host(browser: &Browser) {
    browser.follow("#by-host button").await;
    let words = browser.text(".words").await;
    let words: Vec<&str> = words.split_whitespace().collect();
    assert_eq!(words.len(), 12, "{words:?}");
    browser.follow(".again button[type=submit]").await;
    for at in [0, 1] {
        let label = browser
            .run(&format!(
                "return [...document.querySelectorAll('main form input[type=text]')][{at}]\
                 .labels[0].textContent"
            ))
            .await;
        let number: String = label
            .as_str()
            .unwrap()
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        let fields = browser
            .client
            .find_all(Locator::Css("main form input[type=text]"))
            .await;
        let word = words[number.parse::<usize>().unwrap() - 1];
        fields.unwrap()[at].send_keys(word).await.unwrap();
    }
    go_on(browser).await;
}

/// Has the words made in the browser, types two of them back, and publishes.
pub async fn words(browser: &Browser) -> BTreeSet<String> {
    browser.find("#own-make").await.click().await.unwrap();
    let words: Vec<String> = browser
        .text("#own-list")
        .await
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    assert_eq!(words.len(), 12, "{words:?}");
    browser.find("#own-written").await.click().await.unwrap();
    for at in [0, 1] {
        let number: usize = browser
            .text(&format!("#own-number-{at}"))
            .await
            .parse()
            .unwrap();
        let input = browser.find(&format!("#own-word-{at}")).await;
        input.send_keys(&words[number - 1]).await.unwrap();
    }
    browser.follow("#own-form button").await;
    words.into_iter().collect()
}
