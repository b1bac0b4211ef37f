//! What a person types stays between the page and the directory.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::Path;

use fantoccini::Locator;
use hedgerow_browser_tests::Browser;
use hedgerow_testkit::http::request;
use hedgerow_testkit::program::Server;
use hedgerow_testkit::{files_containing, program};
use serde_json::json;

use hedgerow_browser_tests::walk::{Programs, fill, five_pages, words};

/// A word that nothing else contains.
const MARKER: &str = "zyxmarker";
/// Pages whose forms are filled in. There are fewer.
const MAX_PAGES: usize = 80;
/// What a person sends to the people who run a group or the directory, and which is therefore kept.
const KEPT_ON_PURPOSE: [&str; 2] = ["/yours", "/message"];

/// The addresses of a site that its page links to, without those of files.
const LINKS: &str = "return [...document.querySelectorAll('a[href]')]
    .filter(link => link.origin === location.origin && !link.hasAttribute('download'))
    .map(link => link.pathname + link.search)";
/// How many fields to type into each form of a page has.
const FIELDS: &str = "return [...document.querySelectorAll('main form')].map(form =>
    form.querySelectorAll('input[type=text], input[type=search], textarea').length)";

/// Types the marker into each field of a form, and sends it.
async fn send(browser: &Browser, form: usize) {
    let script = format!(
        "const form = document.querySelectorAll('main form')[{form}];
        for (const field of form.querySelectorAll('input[type=text], input[type=search], textarea'))
            field.value = '{MARKER} ' + field.value;
        form.querySelector('button').id = 'send-it'"
    );
    browser.run(&script).await;
    browser.follow("#send-it").await;
}

/// Fills in every form of every page of a site that a link leads to. Returns the pages.
async fn fill_in_everything(browser: &Browser, site: &str) -> BTreeSet<String> {
    let mut waiting = VecDeque::from(["/".to_owned()]);
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut with_forms = BTreeSet::new();
    while let Some(page) = waiting.pop_front() {
        assert!(seen.len() < MAX_PAGES, "{seen:?}");
        browser.open(&format!("{site}{page}")).await;
        for link in browser.run(LINKS).await.as_array().unwrap() {
            let link = link.as_str().unwrap().to_owned();
            // One area of the map is like the others, and so are the pages in another language.
            let is_alike = link.starts_with("/map/") || link.starts_with("/cy");
            let is_kept = KEPT_ON_PURPOSE.iter().any(|end| link.ends_with(end));
            if !is_alike && !is_kept && seen.insert(link.clone()) {
                waiting.push_back(link);
            }
        }
        let forms = browser.run(FIELDS).await;
        for (form, fields) in forms.as_array().unwrap().iter().enumerate() {
            if fields != 0 {
                browser.open(&format!("{site}{page}")).await;
                send(browser, form).await;
                assert_sent(browser, &page).await;
                with_forms.insert(page.clone());
            }
        }
    }
    with_forms
}

/// The page that came back has the words, and its address has not.
async fn assert_sent(browser: &Browser, page: &str) {
    let source = browser.client.source().await.unwrap();
    assert!(source.contains(MARKER), "{page} lost the words");
    let address = browser.client.current_url().await.unwrap();
    assert!(!address.as_str().contains(MARKER), "{address}");
}

/// A link to share and a sheet are made of a search for the marker and a word that groups have.
async fn share_and_print(browser: &Browser, site: &str) {
    browser.open(site).await;
    fill(browser, "q", &format!("kettle {MARKER}")).await;
    browser.follow(".searchbox button").await;
    assert!(browser.count(".hit").await > 0, "the group is found");
    let pick = browser.client.find(Locator::Css("input[name=pick]")).await;
    let pick = serde_json::to_value(pick.unwrap()).unwrap();
    let click = "arguments[0].click()";
    browser.client.execute(click, vec![pick]).await.unwrap();
    browser.follow("button[formaction$='/share']").await;
    assert_sent(browser, "/share").await;
    browser.follow("button[name=make]").await;
    let link = browser.find("#link").await.prop("value").await.unwrap();
    assert!(link.unwrap().contains(MARKER), "the link has the words");
    assert_sent(browser, "/share").await;
    browser.client.back().await.unwrap();
    browser.client.back().await.unwrap();
    // The results again: the browser asks before it posts once more.
    browser.open(site).await;
    fill(browser, "q", &format!("kettle {MARKER}")).await;
    browser.follow(".searchbox button").await;
    browser.follow("button[formaction$='/sheet']").await;
    let address = browser.client.current_url().await.unwrap();
    assert!(!address.as_str().contains(MARKER), "{address}");
}

/// Turns the metrics on in a configuration, and returns their port.
fn enable_metrics(folder: &Path) -> u16 {
    let port = program::free_port();
    let file = folder.join("hedgerow-aggregator.toml");
    let written = fs::read_to_string(&file).unwrap();
    let listen = format!("listen = \"127.0.0.1:{port}\"");
    let changed = written.replace("# listen = \"127.0.0.1:9464\"", &listen);
    assert_ne!(changed, written);
    fs::write(file, changed).unwrap();
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn typed_words_are_in_no_address_referrer_history_log_metric_or_file() {
    let mut port = 0;
    let programs = Programs::start_traced(|folder| port = enable_metrics(folder));
    let site = programs.directory.clone();
    let browser = Browser::start().await;
    browser.open(&programs.link()).await;
    browser.follow("main form button").await;
    five_pages(&browser).await;
    words(&browser).await;
    programs.until_found(&browser, true).await;

    let pages = fill_in_everything(&browser, &site).await;
    for page in ["/", "/whats-on", "/rooms", "/stories", "/printed"] {
        assert!(pages.contains(page), "{page}: {pages:?}");
    }
    share_and_print(&browser, &site).await;
    // From a page with the words to another page, to which a referrer would be sent.
    browser.open(&site).await;
    send(&browser, 0).await;
    browser.follow(".top a[href='/whats-on']").await;
    assert_eq!(browser.run("return document.referrer").await, "");
    let kept = "return JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])";
    // The console of the node is on the same host, and has a cookie that scripts do not see.
    assert_eq!(browser.run(kept).await, "[\"\",{},{}]");
    let history = browser.tools("Page.getNavigationHistory", json!({})).await;
    assert!(!history.to_string().contains(MARKER), "{history}");
    for (address, request) in browser.requests().await {
        assert!(!address.contains(MARKER), "{address}");
        let headers = request["headers"].to_string();
        assert!(!headers.contains(MARKER), "{request}");
    }
    let cookies = browser.tools("Network.getAllCookies", json!({})).await;
    assert!(!cookies.to_string().contains(MARKER), "{cookies}");
    browser.close().await;

    let metrics = request(port, "GET", "/metrics", "");
    assert!(metrics.contains("hedgerow_"), "{metrics}");
    assert!(!metrics.to_lowercase().contains(MARKER), "{metrics}");
    let server: Server = programs.aggregator.unwrap();
    let log = server.log();
    assert!(log.contains("call ended"), "calls are logged: {log}");
    assert!(!log.to_lowercase().contains(MARKER));
    assert!(server.stop().success());
    let found = files_containing(programs.folder.path(), &[MARKER]);
    assert!(found.is_empty(), "{found:?}");
}
