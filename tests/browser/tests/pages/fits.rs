//! Pages fit on narrow screens, enlarged, in longer words, and from right to left; what people
//! touch is large enough; nothing moves for people who do not want it.

use serde_json::Value;

use hedgerow_browser_tests::{Browser, NARROW, Served, WIDE, WORDS, is_long};

/// Elements that reach beyond the page's edge, without those that are hidden on purpose or scroll
/// by themselves.
pub const BEYOND: &str = "
    const wide = document.documentElement.scrollWidth > innerWidth;
    return wide ? [...document.querySelectorAll('body *')].filter(element => {
        const box = element.getBoundingClientRect();
        return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1)
            && !element.closest('.sr, .skip, svg');
    }).slice(0, 3).map(element => element.outerHTML.slice(0, 160)).concat(['too wide']) : []";

/// Controls that are smaller than a finger, in pixels. Links within a sentence may be.
const SMALL: &str = "
    const controls = 'button, select, summary, input:not([type=hidden], [type=checkbox], \
        [type=radio], .sr), textarea, label.check, .top a:not(.skip), .chip, .tiles a, .areas-list a';
    return [...document.querySelectorAll(controls)].filter(element => {
        const box = element.getBoundingClientRect();
        return box.width > 1 && (box.height < 43.5 || box.width < 24);
    }).slice(0, 5).map(element => element.getBoundingClientRect().height + ' '
        + element.outerHTML.slice(0, 160))";

async fn check(browser: &Browser, served: &Served, prepare: &str, script: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (name, address) in served.pages() {
        browser.open(&address).await;
        browser.run(prepare).await;
        let found = browser.run(script).await;
        let found = found.as_array().unwrap().iter().filter_map(Value::as_str);
        all.extend(found.map(|one| format!("{name}: {one}")));
    }
    all
}

fn assert_none(found: &[String]) {
    assert!(found.is_empty(), "{}:\n{}", found.len(), found.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_scrolls_sideways_on_a_narrow_screen_and_controls_are_large() {
    let browser = Browser::start().await;
    let served = Served::start("", WORDS).await;
    // As wide as a page on a usual screen that is enlarged four times.
    browser.resize(NARROW).await;
    assert_none(&check(&browser, &served, "", BEYOND).await);
    assert_none(&check(&browser, &served, "", SMALL).await);
    browser.close().await;
}

/// Words that no group writes in good faith, or that only a few scripts have.
fn hostile_words() -> Vec<String> {
    // Wider than any other letter, in one word; words in both directions, marks that turn the text
    // around, families of several pictures, and marks on top of each other.
    let mixed = format!(
        "</script><b>\u{202e}مجموعة\u{2066} Leeds \u{5e7} {} {}{}",
        "W".repeat(300),
        "👩‍👩‍👧‍👦🏳️‍🌈".repeat(12),
        "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}".repeat(40)
    );
    if is_long() {
        vec![mixed, "x".repeat(10_000)]
    } else {
        vec![mixed]
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_words_break_no_page() {
    let browser = Browser::start().await;
    for words in hostile_words() {
        let served = Served::start("", &words).await;
        let mut all = Vec::new();
        for (name, address) in served.pages() {
            browser.open(&address).await;
            for width in [NARROW, WIDE] {
                browser.resize(width).await;
                let found = browser.run(BEYOND).await;
                let found = found.as_array().unwrap().iter().filter_map(Value::as_str);
                all.extend(found.map(|one| format!("{name}, {width}: {one}")));
            }
        }
        assert_none(&all);
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_fit_from_right_to_left_and_with_text_twice_as_large() {
    let browser = Browser::start().await;
    let served = Served::start("ar", WORDS).await;
    browser.resize(NARROW).await;
    assert_none(&check(&browser, &served, "", BEYOND).await);
    browser.open(&served.page("home")).await;
    let direction = "return getComputedStyle(document.querySelector('main')).direction";
    assert_eq!(browser.run(direction).await, "rtl");
    let welsh = Served::start("cy", WORDS).await;
    assert_none(&check(&browser, &welsh, "", BEYOND).await);
    // Only the text, on half of a usual screen.
    let served = Served::start("", WORDS).await;
    browser.resize(WIDE / 2).await;
    let larger = "document.documentElement.style.fontSize = '200%'";
    assert_none(&check(&browser, &served, larger, BEYOND).await);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_for_people_who_do_not_want_it() {
    let browser = Browser::start().await;
    let served = Served::start("", WORDS).await;
    let moving = "
        const root = getComputedStyle(document.documentElement).scrollBehavior;
        const parts = [...document.querySelectorAll('*')].filter(element =>
            getComputedStyle(element).transitionDuration !== '0s');
        return document.getAnimations().length + parts.length + (root === 'auto' ? 0 : 1) > 0
            ? ['moves'] : []";
    assert_none(&check(&browser, &served, "", moving).await);
    browser.close().await;
}
