//! The first five minutes, from an empty folder to a published group.

use hedgerow_core::phrase::Phrase;

use super::{host, join};
use crate::node::{Deps, Node};
use crate::testing::TestNode;
use crate::testing::browser::{Browser, Page};

const FIRST: &str = "/console/first";

/// Fills in a page that is right, and returns where it leads.
async fn fill(browser: &mut Browser, step: &str, fields: &[(&str, &str)]) -> String {
    let path = format!("{FIRST}/{step}");
    let page = browser.fill_in(&path, fields).await;
    assert_eq!(page.status, 303, "{step}: {}", page.body);
    page.location().to_owned()
}

async fn fill_all(browser: &mut Browser) {
    let about = [
        ("name", "Kettle Room"),
        (
            "summary",
            "A weekly cup of tea for anyone who finds things hard.",
        ),
        ("used_terms", "mutual support"),
        ("rejected_terms", "service users"),
    ];
    fill(browser, "about", &about).await;
    let who = [
        ("who_words", "women who know what a bad week is"),
        ("community", "community:women"),
        ("experience", "experience:depression"),
        ("together", "all"),
        ("emphasis", "mainly"),
    ];
    fill(browser, "who", &who).await;
    let place = [("place", "town"), ("town", "Sheffield")];
    fill(browser, "where", &place).await;
    let words = "every second Tuesday from 5 May 2026, 7-9pm";
    let when = [("when", words), ("seen", words), ("event", "yes")];
    fill(browser, "when", &when).await;
    let join = [
        ("openness", "open"),
        ("first_time", "We put the kettle on."),
    ];
    let next = fill(browser, "join", &join).await;
    assert_eq!(next, "/console/first/check");
}

/// Confirms the words as a person with paper and pen does.
async fn confirm(browser: &mut Browser) -> Page {
    let path = "/console/first/words";
    let page = browser.fill_in(path, &[("do", "make")]).await;
    assert_eq!(page.status, 303);
    let page = browser.get(path).await;
    let list = page.body.split("<ol class=\"words\">").nth(1).unwrap();
    let list = list.split("</ol>").next().unwrap();
    let words: Vec<&str> = list
        .split("<li>")
        .skip(1)
        .map(|word| word.split('<').next().unwrap())
        .collect();
    assert!(Phrase::parse(&words.join(" ")).is_ok(), "{words:?}");
    let page = browser.fill_in(path, &[("do", "written")]).await;
    assert_eq!(page.status, 200);
    let asked: Vec<usize> = (1..=12)
        .filter(|number| page.has(&format!("name=\"word-{number}\"")))
        .collect();
    assert_eq!(asked.len(), 2);
    let names: Vec<String> = asked
        .iter()
        .map(|number| format!("word-{number}"))
        .collect();
    let token = page.value("token").unwrap();
    let wrong = [
        ("token", token.as_str()),
        ("do", "confirm"),
        (&names[0], "zoo"),
    ];
    assert_eq!(browser.post(path, &wrong).await.status, 422);
    let right = [
        ("token", token.as_str()),
        ("do", "confirm"),
        (&names[0], words[asked[0] - 1]),
        (&names[1], words[asked[1] - 1]),
    ];
    browser.post(path, &right).await
}

#[tokio::test]
async fn a_group_goes_from_nothing_to_public_in_five_pages() {
    let mut test = TestNode::without_group(&[]).await;
    test.start().await;
    let mut browser = host(&test).await;
    assert_eq!(browser.get("/console").await.location(), FIRST);
    assert_eq!(browser.get(FIRST).await.location(), "/console/first/about");
    fill_all(&mut browser).await;
    let check = browser.get("/console/first/check").await;
    for words in [
        "service users",
        "Depression",
        "Kettle Room",
        "Sheffield",
        "mutual support",
        "We put the kettle on",
    ] {
        assert!(check.has(words), "{words}");
    }
    let groups = async || test.node().groups().await.unwrap().len();
    assert_eq!(groups().await, 0, "nothing is there yet");
    let page = browser.get("/console/first/words").await;
    assert_eq!(page.location(), "/console/first/check", "not agreed yet");
    let page = browser.fill_in("/console/first/check", &[]).await;
    assert_eq!(page.location(), "/console/first/words", "{}", page.body);
    let page = confirm(&mut browser).await;
    assert_eq!(page.status, 303, "{}", page.body);
    assert!(page.location().ends_with("/published"));
    let published = browser.get(page.location()).await;
    assert!(published.has("is public now"), "{}", published.body);
    let group = &test.node().groups().await.unwrap()[0];
    assert_eq!(group.label, "kettle-room");
    let mut reading = test.node().shared().store.read().await.unwrap();
    let leaves = reading.public_leaves(&group.group_id).await.unwrap();
    let kinds: Vec<String> = leaves
        .iter()
        .map(|leaf| leaf.name.collection.to_string())
        .collect();
    assert_eq!(kinds, ["event", "listing"]);
    let history = reading.history(&group.group_id, None, 10).await.unwrap();
    assert_eq!(history.len(), 2);
    drop(reading);
    assert_eq!(
        browser.get(FIRST).await.location(),
        "/console/first/about",
        "drafts are gone"
    );
    let home = browser.get(&format!("/console/g/{}", group.group_id)).await;
    assert!(
        home.has("One listing") && home.has("One event"),
        "{}",
        home.body
    );
}

#[tokio::test]
async fn each_page_keeps_what_was_written_right_or_wrong() {
    let mut test = TestNode::without_group(&[]).await;
    test.start().await;
    let mut browser = host(&test).await;
    let about = [("name", ""), ("summary", "Tea & <b>toast</b>")];
    let page = browser.fill_in("/console/first/about", &about).await;
    assert_eq!(page.status, 422);
    assert!(page.has("Give the group a name"));
    let page = browser.get("/console/first/about").await;
    assert!(page.has("Tea &amp; &lt;b&gt;toast") || page.has("Tea &#38; &#60;b&#62;toast"));
    for (fields, words) in [
        (vec![("place", "town")], "Write it here"),
        (
            vec![("place", "town"), ("town", "Atlantis")],
            "no known town",
        ),
        (
            vec![("place", "district"), ("district", "ZZ99")],
            "We do not know this",
        ),
        (vec![("place", "exact")], "Write it here"),
    ] {
        let page = browser.fill_in("/console/first/where", &fields).await;
        assert_eq!(page.status, 422, "{fields:?}");
        assert!(page.has(words), "{fields:?}: {}", page.body);
    }
    // Dates are shown before they count.
    let when = [("when", "Tuesdays 7-9pm"), ("nation", "GB-ENG")];
    let page = browser.fill_in("/console/first/when", &when).await;
    assert_eq!(page.status, 200);
    assert!(
        page.has("Every week on Tuesday") && page.has("5 May"),
        "{}",
        page.body
    );
    let page = browser
        .fill_in("/console/first/when", &[("when", "when the moon is full")])
        .await;
    assert!(page.has("Answer this, and we show you the days"));
    let page = browser.fill_in("/console/first/check", &[]).await;
    assert_eq!(page.status, 422, "the name is still missing");
    assert_eq!(browser.get("/console/first/nothing").await.status, 404);
}

#[tokio::test]
async fn words_without_a_time_are_asked_about_and_shown_back_as_days() {
    let mut test = TestNode::without_group(&[]).await;
    test.start().await;
    let mut browser = host(&test).await;
    let path = "/console/first/when";
    let when = [("when", "every second Tuesday"), ("nation", "GB-ENG")];
    let page = browser.fill_in(path, &when).await;
    assert_eq!(page.status, 200, "a question is no mistake");
    assert!(page.has("Tuesday 12 May") && page.has("name=\"when.clock\""));
    let seen = page.value("seen").unwrap();
    // Without an answer it stays on the page, and says what is missing.
    let unanswered = [when[0], when[1], ("seen", &*seen)];
    let page = browser.fill_in(path, &unanswered).await;
    assert_eq!(page.status, 422);
    assert!(page.has("Add a time") && page.has("Choose the first day"));
    let answers = [("when.first", "2026-05-12"), ("when.clock", "7 to 9pm")];
    let answered = [when[0], when[1], answers[0], answers[1], ("seen", &*seen)];
    let page = browser.fill_in(path, &answered).await;
    assert_eq!(page.status, 200, "dates are shown once before they count");
    for day in ["12 May", "26 May", "9 June", "23 June", "7 July"] {
        assert!(page.has(day), "{day}: {}", page.body);
    }
    let seen = page.value("seen").unwrap();
    let shown = [when[0], when[1], answers[0], answers[1], ("seen", &*seen)];
    fill(&mut browser, "when", &shown).await;
    // The answers are there again, to be given again.
    let page = browser.get(path).await;
    assert!(page.has("value=\"7 to 9pm\""), "{}", page.body);
    // A person may want words alone.
    let only = [
        ("when", "now and then"),
        ("seen", "now and then"),
        ("when.only_words", "yes"),
    ];
    fill(&mut browser, "when", &only).await;
}

#[tokio::test]
async fn what_is_typed_is_kept_but_counts_as_no_answer() {
    let mut test = TestNode::without_group(&[]).await;
    test.start().await;
    let mut browser = host(&test).await;
    let path = "/console/first/about";
    let page = browser.get(path).await;
    let token = page.value("token").unwrap();
    let fields = [
        ("token", &*token),
        ("revision", "0"),
        ("form_key", "first-about"),
        ("name", "Kettle & Co"),
    ];
    let draft = format!("{path}/draft");
    assert_eq!(browser.post(&draft, &fields).await.status, 204);
    let page = browser.get(path).await;
    assert!(page.has("Kettle &#38; Co") || page.has("Kettle &amp; Co"));
    assert!(page.has("They are not saved yet"));
    assert_eq!(browser.get(FIRST).await.location(), path, "it was not sent");
    let check = browser.get("/console/first/check").await;
    assert!(!check.has("Kettle"), "{}", check.body);
    let about = [("name", "Kettle Room"), ("summary", "Tea for all.")];
    fill(&mut browser, "about", &about).await;
    // An earlier copy arrives after the page was sent.
    assert_eq!(browser.post(&draft, &fields).await.status, 409);
    assert!(browser.get(path).await.has("Kettle Room"));
    assert_eq!(
        browser.post("/console/first/x/draft", &fields).await.status,
        404
    );
}

#[tokio::test]
async fn what_was_agreed_to_is_what_is_published() {
    let mut test = TestNode::without_group(&[]).await;
    test.start().await;
    let mut browser = host(&test).await;
    fill_all(&mut browser).await;
    browser.fill_in("/console/first/check", &[]).await;
    let about = [("name", "Another name")];
    fill(&mut browser, "about", &about).await;
    let page = browser.get("/console/first/words").await;
    assert_eq!(page.location(), "/console/first/check", "changed since");
}

#[tokio::test]
async fn an_invited_person_adds_one_group_and_sees_only_that() {
    let mut test = TestNode::new(&[]).await;
    test.start().await;
    let deps = Deps::system();
    let invitation = Node::make_invitation(&test.config, &deps, "kettle").await;
    // The clock of the node is not the system's.
    let invitation = invitation.unwrap();
    let mut ama = join(&test, &format!("/{invitation}"), "Ama").await;
    assert_eq!(ama.get("/console").await.location(), FIRST);
    let other = test.steward().group_id;
    assert_eq!(ama.get(&format!("/console/g/{other}")).await.status, 404);
    fill_all(&mut ama).await;
    ama.fill_in("/console/first/check", &[]).await;
    let page = confirm(&mut ama).await;
    assert_eq!(page.status, 303, "{}", page.body);
    let group = test.node().group("kettle").await.unwrap();
    let home = format!("/console/g/{}", group.group_id);
    assert_eq!(ama.get("/console").await.location(), home);
    assert_eq!(ama.get(FIRST).await.status, 404, "one group, not more");
    let history = ama.get(&format!("{home}/history")).await;
    assert!(
        history.has("Ama") && history.has("Kettle Room"),
        "{}",
        history.body
    );
}
