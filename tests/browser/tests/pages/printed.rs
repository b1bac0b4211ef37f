//! What is printed: a sheet to hand over, a booklet of a town, and any page.

use std::collections::BTreeSet;

use fantoccini::Locator;
use hedgerow_browser_tests::{Browser, Demonstration};
use serde_json::Value;

use hedgerow_browser_tests::walk::fill;

/// Words of the parts of a page that are of no use on paper.
const OF_SCREENS: [&str; 4] = ["Leave this page", "What’s on", "Search", "Language:"];
/// The cover, the contents, and half-filled pages before and among the indexes.
const PAGES_AROUND_ENTRIES: usize = 4;
/// A town of 300 groups then has some 40 pages, which can still be folded and stapled.
const LEAST_ENTRIES_PER_PAGE: usize = 8;

/// The texts of the elements that a selector matches.
async fn texts(browser: &Browser, selector: &str) -> Vec<String> {
    let script = format!(
        "return [...document.querySelectorAll(\"{selector}\")].map(element => element.textContent.trim())"
    );
    let found = browser.run(&script).await;
    let found = found.as_array().unwrap().iter();
    found.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Without spaces, as lines end elsewhere on paper, and within words with a hyphen.
fn in_one_line(text: &str) -> String {
    let is_seen = |letter: &char| !letter.is_whitespace() && !"\u{2068}\u{2069}".contains(*letter);
    text.chars().filter(is_seen).collect()
}

async fn search(browser: &Browser, page: &str, fields: &[(&str, &str)]) {
    browser.open(page).await;
    for (name, words) in fields {
        fill(browser, name, words).await;
    }
    browser.follow(".searchbox button").await;
}

/// Ticked hits on paper: large, complete, and each with a code that leads to its page.
async fn a_sheet(browser: &Browser, directory: &str) {
    search(
        browser,
        directory,
        &[("q", "women with depression"), ("near", "Sheffield")],
    )
    .await;
    let boxes = browser
        .client
        .find_all(Locator::Css("input[name=pick]"))
        .await
        .unwrap();
    assert!(boxes.len() > 2, "{}", boxes.len());
    for one in &boxes[..3] {
        let label = serde_json::to_value(one).unwrap();
        let click = "arguments[0].click()";
        browser.client.execute(click, vec![label]).await.unwrap();
    }
    browser.follow("button[formaction$='/sheet']").await;
    let titles = texts(browser, ".handed h2").await;
    let addresses = texts(browser, ".handed .address").await;
    assert_eq!((titles.len(), addresses.len()), (3, 3));

    let paper = browser.print().await;
    let sheets = paper.sheets();
    assert!(sheets.len() <= 4, "{}: {sheets:#?}", sheets.len());
    let words = in_one_line(&sheets.join(" "));
    for part in titles.iter().chain(["116 123".to_owned()].iter()) {
        let part = in_one_line(part);
        assert!(words.contains(&part), "{part}: {words}");
    }
    for part in OF_SCREENS.map(in_one_line) {
        assert!(!words.contains(&part), "{part}: {words}");
    }
    assert!(
        sheets.iter().all(|sheet| sheet.trim().len() > 100),
        "a blank sheet: {sheets:#?}"
    );
    let heights = paper.heights();
    let usual = heights[heights.len() / 2];
    assert!(usual >= 12.0, "large type: {usual} points");

    let codes = paper.codes();
    assert_eq!(codes, addresses.iter().cloned().collect::<BTreeSet<_>>());
    for (address, title) in addresses.iter().zip(&titles) {
        browser.open(address).await;
        assert_eq!(browser.text("h1").await, *title, "{address}");
    }
}

/// All groups of a town: a cover, the contents, the entries by place, and two indexes.
async fn a_booklet(browser: &Browser, directory: &str) {
    let page = format!("{directory}/printed");
    search(browser, &page, &[("near", "Manchester")]).await;
    let entries = texts(browser, ".listed h3").await;
    assert!(entries.len() > 12, "{entries:?}");

    let paper = browser.print().await;
    let sheets = paper.sheets();
    for (at, sheet) in sheets.iter().enumerate() {
        assert!(sheet.trim().len() > 40, "page {at} is blank: {sheets:#?}");
        for part in OF_SCREENS {
            assert!(!sheet.contains(part), "page {at} has {part}: {sheet}");
        }
    }
    assert!(sheets[0].contains("Manchester"), "{}", sheets[0]);
    let having = |words: &str| {
        let words = in_one_line(words);
        let found = sheets
            .iter()
            .enumerate()
            .filter(|(_, sheet)| in_one_line(sheet).contains(&words));
        found.map(|(at, _)| at).collect::<Vec<_>>()
    };
    let (contents, entry) = (having("Contents")[0], having(&entries[0])[0]);
    // The contents name the indexes too.
    let [people, names] =
        ["Who groups are for", "Groups by name"].map(|words| *having(words).last().unwrap());
    assert!(0 < contents && contents <= entry && entry < people && people <= names);
    let all = in_one_line(&sheets.join(" "));
    for entry in &entries {
        let entry = in_one_line(entry);
        assert!(all.contains(&entry), "{entry}");
    }
    let pages_of_entries = sheets.len().saturating_sub(PAGES_AROUND_ENTRIES);
    assert!(
        entries.len() >= LEAST_ENTRIES_PER_PAGE * pages_of_entries,
        "{} entries on {} pages",
        entries.len(),
        sheets.len()
    );
}

/// The page of a group, without what only screens need.
async fn a_record(browser: &Browser, directory: &str) {
    search(
        browser,
        directory,
        &[("q", "hearing voices"), ("near", "Manchester")],
    )
    .await;
    browser.follow(".hit h3 a").await;
    let title = browser.text("h1").await;
    let sheets = browser.print().await.sheets();
    assert!(
        in_one_line(&sheets[0]).contains(&in_one_line(&title)),
        "{}",
        sheets[0]
    );
    let all = sheets.join(" ");
    assert!(all.contains("Recorded in"), "{all}");
    for part in OF_SCREENS {
        assert!(!all.contains(part), "{part}: {all}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sheets_and_booklets_are_clean_on_paper_and_their_codes_are_read() {
    let demonstration = Demonstration::start();
    let browser = Browser::start().await;
    // Printing is the same without scripts.
    browser.disable_scripts().await;
    a_sheet(&browser, &demonstration.directory).await;
    a_booklet(&browser, &demonstration.directory).await;
    a_record(&browser, &demonstration.directory).await;
    browser.close().await;
}
