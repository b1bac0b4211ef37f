//! The console day by day: words that leave something open, lost pages, directories and their answers.

use std::time::{Duration, Instant};

use hedgerow_browser_tests::{Browser, PHONE};
use hedgerow_core::endpoint::Endpoint;
use hedgerow_testkit::program;
use hedgerow_testkit::program::Server;

use hedgerow_browser_tests::walk::{GROUP, Programs, choose, fill, go_on, words};

/// What a page shows after a while, in its folded parts too.
async fn until_shown(browser: &Browser, address: &str, words: &str) {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        browser.open(address).await;
        let unfold = "for (const part of document.querySelectorAll('details')) part.open = true;";
        browser.run(unfold).await;
        let shown = browser.text("main").await;
        if shown.contains(words) {
            return;
        }
        assert!(Instant::now() < until, "{words}: {shown}");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// Waits until the page shows that what is typed is kept.
async fn until_kept(browser: &Browser) {
    let until = Instant::now() + Duration::from_secs(20);
    while browser.text("#draft").await.is_empty() {
        assert!(Instant::now() < until, "nothing is kept");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(browser.text("#draft").await, "What you type is kept.");
}

async fn value(browser: &Browser, name: &str) -> String {
    let field = browser.find(&format!("main [name='{name}']")).await;
    field.prop("value").await.unwrap().unwrap_or_default()
}

/// Adds a directory on the page "who shows us".
async fn add_directory(browser: &Browser, console: &str, address: &str) {
    let address: Endpoint = address.parse().unwrap();
    browser.open(&format!("{console}/shown")).await;
    // Each directory that is there has its address in a form too, to be removed.
    let field = browser.find("#address").await;
    let place = format!("127.0.0.1:{}", address.port);
    field.send_keys(&place).await.unwrap();
    browser
        .find("main details summary")
        .await
        .click()
        .await
        .unwrap();
    fill(browser, "pin", &address.pin.unwrap().to_string()).await;
    browser.follow("section form button").await;
}

/// Adds an event and publishes it. Returns what was filled in before a person typed anything.
async fn add_event(browser: &Browser, console: &str, title: &str, when: &str) -> String {
    browser.open(&format!("{console}/events")).await;
    browser.follow("main a.button").await;
    let town = value(browser, "place.name").await;
    fill(browser, "title", title).await;
    fill(browser, "schedule.words", when).await;
    browser
        .follow(".record-form > .buttons button[value=check]")
        .await;
    town
}

async fn publish(browser: &Browser) {
    browser.follow("main form .buttons button").await;
    assert!(browser.text(".done").await.len() > 5);
}

/// The first pages, with times in words that leave two things open.
async fn first_pages(browser: &Browser) {
    fill(browser, "name", GROUP).await;
    until_kept(browser).await;
    // The page is lost: the phone was needed for something else.
    let here = browser.client.current_url().await.unwrap();
    browser.open("about:blank").await;
    browser.open(here.as_str()).await;
    assert_eq!(value(browser, "name").await, GROUP);
    fill(
        browser,
        "summary",
        "A cup of tea for anyone who finds things hard.",
    )
    .await;
    go_on(browser).await;
    go_on(browser).await;
    choose(browser, "place", "town").await;
    fill(browser, "town", "Sheffield").await;
    go_on(browser).await;
    fill(browser, "when", "every second Tuesday evening").await;
    go_on(browser).await;
    let asked = browser.text("#reading").await;
    assert!(asked.contains("What is the first day?"), "{asked}");
    let second = "main [name='when.first']:not(:checked)";
    assert_eq!(browser.count(second).await, 4);
    let days = browser
        .client
        .find_all(fantoccini::Locator::Css(second))
        .await;
    days.unwrap()[1].click().await.unwrap();
    fill(browser, "when.clock", "7 to 9").await;
    go_on(browser).await;
    assert_eq!(
        browser.count("#reading > ul li").await,
        5,
        "the next five dates"
    );
    go_on(browser).await;
    choose(browser, "openness", "open").await;
    go_on(browser).await;
    go_on(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_without_a_directory_names_one_and_sees_what_becomes_of_it() {
    let mut programs = Programs::start_apart();
    let browser = Browser::start().await;
    browser.resize(PHONE).await;
    browser.open(&programs.link()).await;
    browser.follow("main form button").await;
    first_pages(&browser).await;
    words(&browser).await;
    let home = browser.client.current_url().await.unwrap();
    let console = home.as_str().trim_end_matches("/published").to_owned();
    assert!(browser.text("main").await.contains("add a directory"));

    let aggregator = programs.aggregator.take().unwrap();
    add_directory(&browser, &console, &aggregator.address).await;
    let shown = format!("{console}/shown");
    until_shown(&browser, &shown, "Shows you as you are now").await;
    programs.until_found(&browser, true).await;

    // The place is there already, and what is unclear is asked on the same page.
    let town = add_event(&browser, &console, "Quiet tea", "last Friday of the month").await;
    assert_eq!(town, "Sheffield");
    assert!(browser.text("main").await.contains("Add a time"));
    fill(&browser, "schedule.clock", "2pm").await;
    browser
        .follow(".record-form > .buttons button[value=check]")
        .await;
    assert_eq!(browser.count("main .notice li").await, 5);
    publish(&browser).await;

    // Another directory takes no new groups today.
    let late = programs.folder.path().join("late");
    program::init_aggregator(&late);
    let file = late.join("hedgerow-aggregator.toml");
    let settings = std::fs::read_to_string(&file).unwrap();
    let settings = settings.replace("daily_new_groups = 100", "daily_new_groups = 0");
    assert!(settings.contains("daily_new_groups = 0"));
    std::fs::write(&file, settings).unwrap();
    let late = Server::start("hedgerow-aggregator", &late);
    add_directory(&browser, &console, &late.address).await;
    until_shown(&browser, &shown, "daily limit of new groups").await;

    // The operator of the first one does not want the group, and says why.
    let group = console.rsplit('/').next().unwrap();
    let reason = "We list groups in Leeds only.";
    let folder = programs.folder.path().join("aggregator");
    let exclude = ["exclude", group, "--reason", reason];
    program::run_in(&folder, "hedgerow-aggregator", &exclude);
    add_event(&browser, &console, "Loud tea", "Mondays 2pm").await;
    publish(&browser).await;
    until_shown(&browser, &shown, reason).await;

    // It cannot be reached.
    drop(aggregator);
    drop(late);
    add_event(&browser, &console, "Late tea", "Sundays 2pm").await;
    publish(&browser).await;
    until_shown(&browser, &shown, "cannot be reached").await;
    for width in [320, 360, 1280] {
        browser.resize(width).await;
        let wide = "return document.documentElement.scrollWidth > innerWidth";
        assert_eq!(browser.run(wide).await, false, "{width}");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_is_kept_without_scripts_too_if_it_is_sent() {
    let programs = Programs::start_apart();
    let browser = Browser::start().await;
    browser.resize(PHONE).await;
    browser.disable_scripts().await;
    browser.open(&programs.link()).await;
    browser.follow("main form button").await;
    fill(&browser, "name", GROUP).await;
    fill(&browser, "summary", "Tea.").await;
    go_on(&browser).await;
    let second = browser.client.current_url().await.unwrap();
    fill(&browser, "who_words", "anyone").await;
    browser.open("about:blank").await;
    browser.open(second.as_str()).await;
    assert_eq!(value(&browser, "who_words").await, "", "it was not sent");
    fill(&browser, "who_words", "anyone at all").await;
    go_on(&browser).await;
    browser.open(second.as_str()).await;
    assert_eq!(value(&browser, "who_words").await, "anyone at all");
    browser.close().await;
}
