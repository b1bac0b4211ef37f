//! What the README promises to a person who has never seen the project: to find a group in the
//! demonstration, and to publish one with an event and a room, on a phone and with one terminal.

use std::time::{Duration, Instant};

use hedgerow_browser_tests::{Browser, Demonstration};

use hedgerow_browser_tests::walk::{fill, five_pages_of, words, words_of_host};

/// Pixels of a phone of today.
const PHONE_OF_TODAY: u32 = 390;
const NAME: &str = "Kettle Room";
const ROOM: &str = "Front room of the Kettle Room";
/// Delivery and indexing take a moment.
const MAX_DELIVERY: Duration = Duration::from_secs(60);
const IS_WIDE: &str = "return document.documentElement.scrollWidth > innerWidth";

/// Finds a group near Sheffield for women with depression, and reads that it is catalogued, from
/// where and when.
async fn find_a_group(browser: &Browser, directory: &str) {
    browser.open(directory).await;
    fill(browser, "q", "women with depression").await;
    fill(browser, "near", "Sheffield").await;
    browser.follow(".searchbox button").await;
    let catalogued = ".hit:has(.voice-catalogued)";
    let hit = browser.text(catalogued).await;
    for words in [
        "women",
        "depression",
        "Sheffield",
        "Recorded in 2013",
        "may no longer exist",
    ] {
        assert!(hit.contains(words), "{words}: {hit}");
    }
    browser.follow(&format!("{catalogued} h3 a")).await;
    let page = browser.text("main").await;
    for words in [
        "Is it for me?",
        "Recorded in 2013",
        "Piecing together the jigsaw",
        "Is this you?",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(browser.run(IS_WIDE).await, false);
}

/// Opens a list of the directory again and again until it has an entry near Sheffield.
async fn until_listed(browser: &Browser, page: &str, words: &[&str]) {
    let until = Instant::now() + MAX_DELIVERY;
    loop {
        browser.open(page).await;
        fill(browser, "near", "Sheffield").await;
        browser.follow(".searchbox button").await;
        let hits = browser
            .run("return [...document.querySelectorAll('.hit')].map(hit => hit.innerText)")
            .await;
        let mut hits = hits.as_array().unwrap().iter();
        if hits.any(|hit| words.iter().all(|it| hit.as_str().unwrap().contains(it))) {
            return;
        }
        assert!(Instant::now() < until, "{page} never had {words:?}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Offers a room, with its title and size only.
async fn offer_a_room(browser: &Browser) {
    browser.follow("main a[href$='/offers']").await;
    browser.follow("main a[href*='/new-space']").await;
    fill(browser, "resource.title", ROOM).await;
    fill(browser, "resource.space.capacity", "12").await;
    browser
        .follow(".record-form > .buttons button[value=check]")
        .await;
    let public = browser.text("main").await;
    assert!(!public.contains("Please look at this again"), "{public}");
    browser.follow("main form .buttons button").await;
    assert!(browser.text(".done").await.contains("published"));
}

async fn walk(has_scripts: bool) {
    let demonstration = Demonstration::start();
    let directory = &demonstration.directory;
    let browser = Browser::start().await;
    browser.resize(PHONE_OF_TODAY).await;
    if !has_scripts {
        browser.disable_scripts().await;
    }
    find_a_group(&browser, directory).await;

    browser.open(&demonstration.group).await;
    assert!(browser.text("main").await.contains("Is it for me?"));

    browser.open(&demonstration.console).await;
    browser.follow("main form button").await;
    five_pages_of(
        &browser,
        NAME,
        "women with depression",
        "every Tuesday 7-9pm",
    )
    .await;
    if has_scripts {
        words(&browser).await;
    } else {
        words_of_host(&browser).await;
    }
    let published = browser.text("h1").await;
    assert!(published.contains("is public now"), "{published}");
    offer_a_room(&browser).await;

    until_listed(&browser, directory, &["Group", NAME]).await;
    let event = ["Event", NAME, "Tuesday ", "7pm to 9pm"];
    until_listed(&browser, &format!("{directory}/whats-on"), &event).await;
    until_listed(&browser, &format!("{directory}/rooms"), &[ROOM, NAME]).await;
    for (address, _) in browser.requests().await {
        let is_own = address.starts_with("http://127.0.0.1:") || address.starts_with("data:");
        assert!(is_own, "{address}");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_finds_a_group_and_publishes_one_with_an_event_and_a_room() {
    walk(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_does_the_same_without_scripts() {
    walk(false).await;
}
