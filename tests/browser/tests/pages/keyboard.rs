//! Pages without a mouse.

use fantoccini::key::Key;

use hedgerow_browser_tests::{Browser, PHONE, Served, WIDE, WORDS};

/// The element with the focus: its place in the page, and whether a person can see it.
const FOCUSED: &str = "
    const element = document.activeElement;
    if (element === document.body) return null;
    const box = element.getBoundingClientRect();
    const shape = element.querySelector(':scope > path') ?? element;
    const style = getComputedStyle(element);
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
        || parseFloat(getComputedStyle(shape).strokeWidth) >= 3;
    const inside = box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight;
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    // Areas of a map have holes and bays.
    const seen = inside && (element.closest('svg') || element.contains(top) || top?.contains(element));
    return [[...document.querySelectorAll('*')].indexOf(element), ring && !!seen,
        element.outerHTML.slice(0, 120)]";

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
    ] {
        browser.resize(width).await;
        browser.open(&served.page(page)).await;
        let expected = browser.run(FOCUSABLE).await.as_u64().unwrap();
        let mut places = Vec::new();
        loop {
            press(&browser, Key::Tab).await;
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
    press(&browser, Key::Tab).await;
    let skip = "return document.activeElement.className";
    assert_eq!(browser.run(skip).await, "skip");
    press(&browser, Key::Enter).await;
    assert_eq!(
        browser.run("return document.activeElement.id").await,
        "main"
    );
    press(&browser, Key::Tab).await;
    let is_inside = "return !!document.activeElement.closest('main')";
    assert_eq!(browser.run(is_inside).await, true);
    browser.close().await;
}

async fn press(browser: &Browser, key: Key) {
    let focused = browser.client.active_element().await.unwrap();
    focused
        .send_keys(&char::from(key).to_string())
        .await
        .unwrap();
}
