//! What a person types stays between the page and the directory.

use hedgerow_core::endpoint::Endpoint;
use hedgerow_testkit::program::Server;
use hedgerow_testkit::{files_containing, program};
use serde_json::json;

use hedgerow_browser_tests::Browser;

/// A word that nothing else contains.
const MARKER: &str = "zyxmarker";

#[tokio::test(flavor = "multi_thread")]
async fn typed_words_are_in_no_address_referrer_history_log_or_file() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("aggregator");
    program::init_aggregator(&home);
    let server = Server::start_with_log("hedgerow-aggregator", &home, "trace");
    let port = server.address.parse::<Endpoint>().unwrap().port;
    let browser = Browser::start().await;
    browser.open(&format!("http://127.0.0.1:{port}/")).await;
    for field in ["q", "near"] {
        let input = browser.find(&format!("input[name={field}]")).await;
        input.send_keys(MARKER).await.unwrap();
    }
    browser.follow(".searchbox button").await;
    assert!(browser.client.source().await.unwrap().contains(MARKER));
    // From the results to another page, to which a referrer would be sent.
    browser.follow(".top a[href='/whats-on']").await;
    assert_eq!(browser.run("return document.referrer").await, "");
    let kept = "return JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])";
    assert_eq!(browser.run(kept).await, "[\"\",{},{}]");
    let history = browser.tools("Page.getNavigationHistory", json!({})).await;
    assert!(!history.to_string().contains(MARKER), "{history}");
    for (address, request) in browser.requests().await {
        assert!(!address.contains(MARKER), "{address}");
        assert!(
            !request["headers"].to_string().contains(MARKER),
            "{request}"
        );
    }
    browser.close().await;
    assert!(!server.log().to_lowercase().contains(MARKER));
    assert!(server.stop().success());
    let found = files_containing(folder.path(), &[MARKER]);
    assert!(found.is_empty(), "{found:?}");
}
