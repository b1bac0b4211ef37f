//! Leaving a page in a hurry.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use hedgerow_browser_tests::{Browser, Served, WORDS};

const WEATHER: &str = "https://www.bbc.co.uk/weather";

async fn press_shift(browser: &Browser) {
    for kind in ["keyDown", "keyUp"] {
        let key = json!({ "type": kind, "key": "Shift", "code": "ShiftLeft" });
        browser.tools("Input.dispatchKeyEvent", key).await;
    }
}

async fn type_letter(browser: &Browser) {
    let key = json!({ "type": "keyDown", "key": "a", "text": "a" });
    browser.tools("Input.dispatchKeyEvent", key).await;
}

/// The addresses that the way back leads to.
async fn history(browser: &Browser) -> Vec<String> {
    let history = browser.tools("Page.getNavigationHistory", json!({})).await;
    let entries = history["entries"].as_array().unwrap().iter();
    entries
        .filter_map(|entry| entry["url"].as_str().map(str::to_owned))
        .collect()
}

/// Waits until the weather has taken the place of the page. There is no such site in a test.
pub async fn assert_left(browser: &Browser, page: &str) {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let entries = history(browser).await;
        if entries.last().is_some_and(|last| last.starts_with(WEATHER)) {
            assert!(!entries.contains(&page.to_owned()), "{entries:?}");
            return;
        }
        assert!(Instant::now() < until, "{entries:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_presses_of_shift_put_the_weather_in_the_pages_place() {
    let served = Served::start("", WORDS).await;
    let page = served.page("search");
    let browser = Browser::start().await;
    browser.open(&page).await;
    press_shift(&browser).await;
    press_shift(&browser).await;
    let said = browser.text("[role=status]").await;
    assert_eq!(said, "Press Shift once more to leave this page.");
    // Somebody who types is not leaving.
    type_letter(&browser).await;
    press_shift(&browser).await;
    press_shift(&browser).await;
    assert_eq!(browser.client.current_url().await.unwrap().as_str(), page);
    press_shift(&browser).await;
    assert_left(&browser, &page).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_leaves_with_and_without_scripts() {
    let served = Served::start("", WORDS).await;
    let page = served.page("record 0");
    let browser = Browser::start().await;
    browser.open(&page).await;
    browser.find("#leave").await.click().await.unwrap();
    assert_left(&browser, &page).await;
    browser.close().await;

    let browser = Browser::start().await;
    browser.disable_scripts().await;
    browser.open(&page).await;
    assert_eq!(browser.count("[role=status]").await, 0, "scripts are off");
    browser.find("#leave").await.click().await.unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while !history(&browser)
        .await
        .iter()
        .any(|it| it.starts_with(WEATHER))
    {
        assert!(Instant::now() < until);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let referrer = |request: &Value| request["headers"]["Referer"].as_str() > Some("");
    let sent = browser.requests().await;
    assert!(
        !sent.iter().any(|(_, request)| referrer(request)),
        "{sent:?}"
    );
    browser.close().await;
}
