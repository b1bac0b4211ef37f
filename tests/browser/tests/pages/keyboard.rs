//! Pages without a mouse.

use fantoccini::key::Key;

use hedgerow_browser_tests::{Browser, Demonstration, FOCUSED, PHONE, Served, WIDE, WORDS};

use super::leaving::assert_left;
use hedgerow_browser_tests::walk::{GROUP, Programs};

const FOCUSABLE: &str = "
    return [...document.querySelectorAll('a[href], button, select, summary, textarea, \
        input:not([type=hidden])')].filter(element => element.checkVisibility()
        && !element.disabled && element.tabIndex >= 0
        && !(element.type === 'radio' && !element.checked)).length";

#[tokio::test(flavor = "multi_thread")]
async fn every_control_is_reached_in_order_and_shows_its_focus() {
    let served = Served::start("", WORDS).await;
    let browser = Browser::start().await;
    for (width, page) in [
        (WIDE, "home"),
        (WIDE, "record 0"),
        (WIDE, "map of a region"),
        (PHONE, "search"),
        (PHONE, "whats on"),
        (PHONE, "node group"),
        (WIDE, "console home"),
        (PHONE, "console first where"),
    ] {
        browser.resize(width).await;
        browser.open(&served.page(page)).await;
        let expected = browser.run(FOCUSABLE).await.as_u64().unwrap();
        let mut places = Vec::new();
        loop {
            browser.press(Key::Tab).await;
            let focused = browser.run(FOCUSED).await;
            let Some(place) = focused[0].as_u64() else {
                break;
            };
            assert_eq!(focused[1], true, "{page}: {}", focused[2]);
            assert!(
                places.len() < 400,
                "{page}: the focus is trapped at {}",
                focused[2]
            );
            places.push(place);
        }
        assert!(places.is_sorted(), "{page}: {places:?}");
        let reached = places.len() as u64;
        // One of several radio buttons is reached, and a group without a choice has one too.
        assert!(reached >= expected, "{page}: {reached} of {expected}");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_link_leads_past_the_head_of_the_page() {
    let served = Served::start("", WORDS).await;
    let browser = Browser::start().await;
    browser.open(&served.page("search")).await;
    browser.press(Key::Tab).await;
    let skip = "return document.activeElement.className";
    assert_eq!(browser.run(skip).await, "skip");
    browser.press(Key::Enter).await;
    assert_eq!(
        browser.run("return document.activeElement.id").await,
        "main"
    );
    browser.press(Key::Tab).await;
    let is_inside = "return !!document.activeElement.closest('main')";
    assert_eq!(browser.run(is_inside).await, true);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_found_and_the_page_left_by_keyboard() {
    let demonstration = Demonstration::start();
    let browser = Browser::start().await;
    browser.resize(PHONE).await;
    browser.open(&demonstration.directory).await;
    browser.tab_to("input[name=q]").await;
    browser.type_text("women").await;
    browser.tab_to("input[name=near]").await;
    browser.type_text("Sheffield").await;
    browser.tab_to(".searchbox button").await;
    browser.enter().await;
    let all = browser.count(".hit").await;
    browser
        .tab_to("#narrow input[value='experience:depression']")
        .await;
    browser.type_text(" ").await;
    browser.tab_to("#narrow button[type=submit]").await;
    browser.enter().await;
    let fewer = browser.count(".hit").await;
    assert!((1..all).contains(&fewer), "{fewer} of {all}");
    let title = browser.text(".hit h3").await;
    browser.tab_to(".hit h3 a").await;
    browser.enter().await;
    assert_eq!(browser.text("h1").await, title);
    let page = browser.client.current_url().await.unwrap();
    browser.tab_to("#leave").await;
    browser.press(Key::Enter).await;
    assert_left(&browser, page.as_str()).await;
    browser.close().await;
}

/// Types into a field, and nothing else.
async fn type_into(browser: &Browser, name: &str, words: &str) {
    browser.tab_to(&format!("main [name='{name}']")).await;
    browser.type_text(words).await;
}

async fn go_on(browser: &Browser) {
    browser.tab_to("main form button[type=submit]").await;
    browser.enter().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_published_by_keyboard() {
    let programs = Programs::start();
    let browser = Browser::start().await;
    browser.resize(WIDE).await;
    browser.open(&programs.link()).await;
    go_on(&browser).await;
    type_into(&browser, "name", GROUP).await;
    type_into(&browser, "summary", "A weekly cup of tea.").await;
    go_on(&browser).await;
    type_into(&browser, "who_words", "women who know what a bad week is").await;
    go_on(&browser).await;
    browser.choose_by_arrows("place", "town").await;
    type_into(&browser, "town", "Sheffield").await;
    go_on(&browser).await;
    type_into(&browser, "when", "every Tuesday 7-9pm").await;
    go_on(&browser).await;
    go_on(&browser).await;
    browser.choose_by_arrows("openness", "open").await;
    go_on(&browser).await;
    go_on(&browser).await;
    browser.tab_to("#own-make").await;
    browser.press(Key::Enter).await;
    browser.find("#own-list li:nth-child(12)").await;
    let words = browser.text("#own-list").await;
    let words: Vec<&str> = words.split_whitespace().collect();
    browser.tab_to("#own-written").await;
    browser.press(Key::Enter).await;
    for at in [0, 1] {
        let number = browser.text(&format!("#own-number-{at}")).await;
        // The first field has the focus already.
        if at > 0 {
            browser.tab_to(&format!("#own-word-{at}")).await;
        }
        browser
            .type_text(words[number.parse::<usize>().unwrap() - 1])
            .await;
    }
    browser.enter().await;
    let published = browser.text("h1").await;
    assert!(published.contains("is public now"), "{published}");
    browser.close().await;
}
