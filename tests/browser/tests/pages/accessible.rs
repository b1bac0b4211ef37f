//! No page in any state has a violation that axe-core finds.

use std::fs;

use serde_json::Value;

use hedgerow_browser_tests::{Browser, NARROW, PHONE, Served, WIDE, WORDS, is_long, node_modules};

/// All rules that concern WCAG 2.2 AA, and good practice.
const ALL_RULES: &str = "{ rules: { 'target-size': { enabled: true } } }";
/// Colours are the only thing that a theme changes, and sizes what a narrow screen changes.
const OF_THEME: &str =
    "{ runOnly: ['color-contrast', 'target-size', 'scrollable-region-focusable'] }";

/// Rules that concern the words of a page: a translation may name two things alike.
const OF_LANGUAGE: &str = "{ runOnly: ['landmark-unique', 'label', 'link-name', 'button-name', \
     'html-has-lang', 'valid-lang', 'identical-links-same-purpose'] }";

/// Runs axe-core on the page, and returns what it finds, each with an element.
async fn violations(browser: &Browser, source: &str, options: &str) -> Vec<String> {
    browser.run(source).await;
    let script = format!(
        "const done = arguments[0]; axe.run(document, {options}).then(result => done(\
         result.violations.flatMap(rule => rule.nodes.map(node => \
         rule.id + ': ' + node.html.slice(0, 200) + ' ' + (node.any[0]?.message ?? '')))), \
         error => done([String(error)]))"
    );
    let found = browser.run_async(&script).await.unwrap();
    let found = found.as_array().unwrap().iter();
    found.filter_map(Value::as_str).map(str::to_owned).collect()
}

async fn check(browser: &Browser, served: &Served, options: &str) {
    let source = fs::read_to_string(node_modules().join("axe-core/axe.min.js")).unwrap();
    let mut all = Vec::new();
    for (name, address) in served.pages() {
        browser.open(&address).await;
        let found = violations(browser, &source, options).await;
        all.extend(found.into_iter().map(|one| format!("{name}: {one}")));
    }
    assert!(all.is_empty(), "{}:\n{}", all.len(), all.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_has_a_violation_of_accessibility() {
    let served = Served::start("", WORDS).await;
    let browser = Browser::start().await;
    browser.resize(WIDE).await;
    check(&browser, &served, ALL_RULES).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dark_theme_on_a_narrow_screen_has_no_violation() {
    let served = Served::start("", WORDS).await;
    let browser = Browser::start().await;
    browser.resize(NARROW).await;
    browser.prefer("prefers-color-scheme", "dark").await;
    check(&browser, &served, OF_THEME).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn welsh_and_right_to_left_pages_have_no_violation() {
    let browser = Browser::start().await;
    browser.resize(PHONE).await;
    // Only the words and the direction differ from the English pages.
    let (languages, rules) = match is_long() {
        true => (vec!["cy", "ar"], ALL_RULES),
        false => (vec!["cy"], OF_LANGUAGE),
    };
    for language in languages {
        let served = Served::start(language, WORDS).await;
        check(&browser, &served, rules).await;
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_violation_would_be_found() {
    let served = Served::start("", WORDS).await;
    let browser = Browser::start().await;
    browser.open(&served.page("home")).await;
    browser
        .run("document.querySelector('h1').style.color = '#ddd'")
        .await;
    browser
        .run("document.querySelector('label').remove()")
        .await;
    let source = fs::read_to_string(node_modules().join("axe-core/axe.min.js")).unwrap();
    let found = violations(&browser, &source, ALL_RULES).await.join("\n");
    for rule in ["color-contrast: <h1", "label: <input"] {
        assert!(found.contains(rule), "{rule}: {found}");
    }
    browser.close().await;
}
