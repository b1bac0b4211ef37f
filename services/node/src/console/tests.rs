//! The console over a real node, by a browser without scripts.

mod access;
mod first;
mod people;

use crate::testing::TestNode;
use crate::testing::browser::Browser;

/// A browser of the person who runs the node.
async fn host(test: &TestNode) -> Browser {
    let mut browser = Browser::new(test.address().port);
    open(test, &mut browser).await;
    browser
}

/// Opens the console by a one-time link.
async fn open(test: &TestNode, browser: &mut Browser) {
    let path = link(test).await;
    let page = browser.post(&path, &[]).await;
    assert_eq!(page.status, 303, "{}", page.body);
    assert_eq!(page.location(), "/console");
}

async fn link(test: &TestNode) -> String {
    let link = test.node().console_link(super::SHORT_LIFE).await.unwrap();
    format!("/{link}")
}

/// The path of the link on the page that has just made it.
fn link_on(page: &crate::testing::browser::Page) -> String {
    let at = page.body.find("/console/link/").expect("a link");
    let link = &page.body[at..];
    link[..link.find('<').unwrap()].to_owned()
}

const PASSPHRASE: &str = "kettle harbour nine";

/// Joins by an invitation.
async fn join(test: &TestNode, path: &str, name: &str) -> Browser {
    let mut browser = Browser::new(test.address().port);
    let page = browser.get(path).await;
    assert_eq!(page.status, 200);
    let fields = [("name", name), ("passphrase", PASSPHRASE)];
    let page = browser.post(path, &fields).await;
    assert_eq!(page.status, 303, "{}", page.body);
    browser
}
