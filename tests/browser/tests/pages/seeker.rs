//! A person looks for a group, without scripts.

use hedgerow_browser_tests::{Browser, Demonstration, PHONE, WIDE};

const IS_WIDE: &str = "return document.documentElement.scrollWidth > innerWidth";

async fn walk(browser: &Browser, directory: &str) {
    browser.open(directory).await;
    assert_eq!(browser.count("[role=status]").await, 0, "scripts are off");
    let input = browser.find("input[name=q]").await;
    input.send_keys("depression").await.unwrap();
    let near = browser.find("input[name=near]").await;
    near.send_keys("Sheffield").await.unwrap();
    browser.follow(".searchbox button").await;
    let heading = browser.text("h1").await;
    assert!(heading.ends_with(" results"), "{heading}");
    let title = browser.text(".hit h3").await;
    browser.follow(".hit h3 a").await;
    assert_eq!(browser.text("h1").await, title);
    assert!(browser.text("main").await.contains("Is it for me?"));

    browser.follow(".top a[href='/whats-on']").await;
    assert!(browser.count("main .hit").await > 0, "an event this week");

    browser.open(&format!("{directory}/map")).await;
    let region = ".areas-list a[href='/map/yorkshire-and-the-humber']";
    browser.follow(region).await;
    assert_eq!(
        browser.text("h1").await,
        "Groups in Yorkshire and the Humber"
    );
    browser.follow(".areas-list a[href$='/sheffield']").await;
    let heading = browser.text("h1").await;
    assert!(heading.ends_with(" results"), "{heading}");
    assert_eq!(browser.run(IS_WIDE).await, false);

    // An area of the picture is a link as well.
    browser.open(&format!("{directory}/map")).await;
    browser.follow(".map a[href='/map/scotland'] path").await;
    assert_eq!(browser.text("h1").await, "Groups in Scotland");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_found_without_scripts_and_nothing_is_loaded_from_elsewhere() {
    let demonstration = Demonstration::start();
    let directory = &demonstration.directory;
    for width in [WIDE, PHONE] {
        let browser = Browser::start().await;
        browser.resize(width).await;
        browser.disable_scripts().await;
        walk(&browser, directory).await;
        let requests = browser.requests().await;
        assert!(requests.len() > 8, "{requests:?}");
        for (address, request) in &requests {
            let is_own = address.starts_with(directory) || address.starts_with("data:");
            assert!(is_own, "{address}");
            let referrer = request["headers"]["Referer"].as_str().unwrap_or_default();
            assert_eq!(referrer, "", "{address}");
        }
        browser.close().await;
    }
}
