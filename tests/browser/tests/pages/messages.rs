//! A visitor of a directory writes to a group whose own page nobody else can reach.

use std::time::{Duration, Instant};

use hedgerow_browser_tests::{Browser, PHONE};
use hedgerow_testkit::files_containing;

use hedgerow_browser_tests::walk::{Programs, fill, five_pages, words};

/// Words that nothing else contains.
const SEALED_HERE: &str = "zyxbrowser";
const SEALED_THERE: &str = "zyxserver";
/// Delivery and fetching take a moment.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// Opens a page again and again until it has an element.
async fn until(browser: &Browser, address: &str, selector: &str, number: usize) {
    let until = Instant::now() + MAX_WAIT;
    loop {
        browser.open(address).await;
        if browser.count(selector).await == number {
            return;
        }
        assert!(Instant::now() < until, "{address} never had {selector}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

async fn send(browser: &Browser, words: &str) {
    fill(browser, "message", words).await;
    fill(browser, "reply", "me@visitor.example").await;
    browser.follow("#seal button").await;
    let heading = browser.text("h1").await;
    assert!(heading.contains("waits for the group"), "{heading}");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_reach_the_console_sealed_by_the_browser_or_by_the_directory() {
    let programs = Programs::start();
    let browser = Browser::start().await;
    browser.resize(PHONE).await;
    browser.open(&programs.link()).await;
    browser.follow("main form button").await;
    five_pages(&browser).await;
    words(&browser).await;
    let home = browser.client.current_url().await.unwrap();
    let console = home.as_str().trim_end_matches("/published").to_owned();
    let (_, group) = console.rsplit_once('/').unwrap();
    let page = format!("{}/group/{group}", programs.directory);
    until(&browser, &page, "h1 + .lead", 1).await;
    assert_eq!(
        browser.count("#seal").await,
        0,
        "the group has not asked for it"
    );
    browser.open(&format!("{console}/settings")).await;
    browser.follow("button[name=directories][value=on]").await;

    until(&browser, &page, "#seal", 1).await;
    let sealing = Instant::now() + MAX_WAIT;
    while !browser
        .text("#seal-note")
        .await
        .contains("Your browser locks")
    {
        assert!(
            Instant::now() < sealing,
            "{}",
            browser.text("#seal-note").await
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    send(&browser, SEALED_HERE).await;
    for (address, request) in browser.requests().await {
        // The browser's own icons of form fields have data addresses.
        let is_own = address.starts_with("http://127.0.0.1:") || address.starts_with("data:");
        assert!(is_own, "{address}");
        assert!(!request.to_string().contains(SEALED_HERE), "{address}");
    }

    browser.disable_scripts().await;
    browser.open(&page).await;
    let note = browser.text("#seal-note").await;
    assert!(
        note.contains("This page locks your words when they arrive"),
        "{note}"
    );
    send(&browser, SEALED_THERE).await;
    for (address, request) in browser.requests().await {
        assert!(!address.contains(SEALED_THERE), "{address}");
        let headers = request["headers"].to_string();
        assert!(!headers.contains(SEALED_THERE), "{address}");
    }

    until(&browser, &format!("{console}/messages"), "article.hit", 2).await;
    let inbox = browser.text("main").await;
    let directory = programs.directory.trim_start_matches("http://");
    for words in [SEALED_HERE, SEALED_THERE, "me@visitor.example", directory] {
        assert!(inbox.contains(words), "{words}: {inbox}");
    }
    browser.close().await;
    let found = files_containing(programs.folder.path(), &[SEALED_HERE, SEALED_THERE]);
    assert!(found.is_empty(), "{found:?}");
}
