//! A group, from an empty folder to found in a directory, and gone again.

use hedgerow_browser_tests::{Browser, PHONE, WIDE};
use url::form_urlencoded;

use hedgerow_browser_tests::walk::{GROUP, Programs, fill, five_pages, words};

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_published_in_five_pages_found_and_taken_back() {
    let programs = Programs::start();
    let browser = Browser::start().await;
    browser.resize(PHONE).await;
    browser.open(&programs.link()).await;
    browser.follow("main form button").await;
    five_pages(&browser).await;
    let words = words(&browser).await;
    let published = browser.text("h1").await;
    assert!(published.contains("is public now"), "{published}");
    let sent = browser.requests().await;
    assert!(sent.len() > 10);
    for (address, request) in &sent {
        assert!(address.starts_with("http://127.0.0.1:"), "{address}");
        // The words of the key never leave the browser.
        let body = request["postData"].as_str().unwrap_or_default();
        for (field, value) in form_urlencoded::parse(body.as_bytes()) {
            assert!(!words.contains(&*value), "{field} has a word of the key");
        }
    }
    let own = sent
        .iter()
        .any(|(_, request)| request["postData"].to_string().contains("do=own"));
    assert!(own, "the lock was posted");
    let home = browser.client.current_url().await.unwrap();
    let console = home.as_str().trim_end_matches("/published").to_owned();

    programs.until_found(&browser, true).await;
    browser.resize(WIDE).await;
    browser.follow(".hit h3 a").await;
    assert_eq!(browser.text("h1").await, GROUP);

    browser.open(&format!("{console}/settings/take-back")).await;
    fill(&browser, "sure", "everything").await;
    browser.follow("main form button").await;
    programs.until_found(&browser, false).await;
    browser.close().await;
}
