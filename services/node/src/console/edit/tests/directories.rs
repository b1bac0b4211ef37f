//! Where the group is shown: directories that its people name.

use std::time::Duration;

use super::super::super::super::testing::aggregator::TestAggregator;
use super::super::super::super::testing::browser::{Browser, Page};
use super::super::super::super::testing::{TestNode, eventually};
use super::{NEW_EVENT, Visit, main_of, tea, visit, visit_of};
use crate::aggregators::list_aggregators;
use crate::config::IndexingChoice;

/// Adds a directory by its address and its key, as they are typed.
async fn add(visit: &mut Visit, aggregator: &TestAggregator) -> Page {
    let address = aggregator.address();
    let place = format!("127.0.0.1:{}", address.port);
    let pin = address.pin.unwrap().to_string();
    let fields = [("do", "add"), ("address", &*place), ("pin", &*pin)];
    let path = format!("{}/shown", visit.base);
    visit.browser.fill_in(&path, &fields).await
}

#[tokio::test]
async fn who_shows_us_names_each_directory() {
    let mut visit = visit().await;
    let page = visit.get("/shown").await;
    assert_eq!(page.status, 200);
    let nothing = "Nothing is sent to a directory yet";
    assert!(page.has(nothing), "{}", main_of(&page));
}

#[tokio::test]
async fn the_host_lists_the_directories_of_the_configuration_and_of_the_console() {
    let (one, two) = (
        TestAggregator::start(1).await,
        TestAggregator::start(2).await,
    );
    let mut visit = visit_of(TestNode::running(&[one.address()]).await).await;
    let configured = format!("{}  configuration: all groups", one.address());
    let config = visit.test.config.clone();
    let listed = list_aggregators(&config).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&configured));
    assert_eq!(add(&mut visit, &two).await.status, 303);
    let named = format!("{}  console: us", two.address());
    assert_eq!(
        list_aggregators(&config).await.unwrap(),
        [configured, named]
    );
}

#[tokio::test]
async fn what_went_wrong_is_said_plainly_and_the_technical_words_are_folded() {
    let aggregator = TestAggregator::start(1).await;
    let mut visit = visit().await;
    visit.publish(NEW_EVENT, &tea()).await;
    aggregator.set_silent(true);
    add(&mut visit, &aggregator).await;
    let steward = visit.test.steward();
    eventually("a try has failed", || async {
        let state = steward.group().await;
        let delivery = state.deliveries.first();
        delivery.is_some_and(|delivery| !delivery.last_error.is_empty())
    })
    .await;
    let page = visit.get("/shown").await;
    let (plain, technical) = main_of(&page).split_once("<details>").expect("folded");
    assert!(plain.contains("The last try to send to it did not work"));
    assert!(
        technical.starts_with("<summary>For the person who runs this computer"),
        "{technical}"
    );
    assert!(!plain.contains("silent"), "{plain}");
    assert!(technical.contains("silent"), "{technical}");
}

#[tokio::test]
async fn why_nothing_goes_out_is_said_plainly_and_the_command_is_folded() {
    let mut visit = visit().await;
    visit.publish(NEW_EVENT, &tea()).await;
    visit.clock().turn_back(Duration::from_hours(24 * 3));
    visit.test.steward().create("Two").await;
    for path in ["/shown", ""] {
        let page = visit.get(path).await;
        let (plain, technical) = main_of(&page).split_once("<details>").expect("folded");
        assert!(
            plain.contains("The clock of this computer is wrong"),
            "{plain}"
        );
        assert!(!plain.contains("which is before"), "{plain}");
        assert!(technical.contains("which is before"), "{technical}");
    }
}

#[tokio::test]
async fn a_directory_that_the_host_names_gets_the_group_at_once_and_after_a_restart() {
    let aggregator = TestAggregator::start(1).await;
    let mut visit = visit().await;
    let group = visit.test.steward().group_id;
    visit.publish(NEW_EVENT, &tea()).await;
    let page = add(&mut visit, &aggregator).await;
    assert_eq!(page.status, 303, "{}", main_of(&page));
    assert!(visit.follow(&page).await.has("Added."));
    eventually("the directory has the event", || async {
        aggregator.titles(&group) == ["Tuesday tea"]
    })
    .await;
    let same = add(&mut visit, &aggregator).await;
    assert_eq!(same.status, 422);
    assert!(same.has("already"), "{}", main_of(&same));
    visit.test.stop().await;
    visit.test.start().await;
    let mut visit = visit_of(visit.test).await;
    let more = [("title", "More tea")];
    let mut event = tea();
    event.retain(|(name, _)| *name != "title");
    event.extend(more);
    visit.publish(NEW_EVENT, &event).await;
    eventually("the directory has the second event", || async {
        aggregator.titles(&group).len() == 2
    })
    .await;
    // Nothing goes there once it was removed.
    let page = visit.get("/shown").await;
    let ask = visit
        .send(
            &page,
            "/shown",
            &[
                ("do", "ask-remove"),
                ("address", &aggregator.address().to_string()),
            ],
        )
        .await;
    assert_eq!(ask.status, 200, "{}", main_of(&ask));
    let page = visit.send(&ask, "/shown", &[]).await;
    assert!(visit.follow(&page).await.has("It gets nothing new"));
    let pushes = aggregator.pushes();
    let mut event = tea();
    event.retain(|(name, _)| *name != "title");
    event.push(("title", "Quiet tea"));
    visit.publish(NEW_EVENT, &event).await;
    assert!(
        !visit
            .test
            .steward()
            .group()
            .await
            .deliveries
            .iter()
            .any(|it| !it.up_to_date)
    );
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(aggregator.pushes(), pushes);
    assert_eq!(aggregator.titles(&group).len(), 2);
}

#[tokio::test]
async fn a_directory_that_may_no_longer_index_is_required_to_delete() {
    let aggregator = TestAggregator::start(1).await;
    let mut test = TestNode::new(&[]).await;
    test.config.indexing = IndexingChoice::Named;
    test.start().await;
    let mut visit = visit_of(test).await;
    let group = visit.test.steward().group_id;
    visit.publish(NEW_EVENT, &tea()).await;
    assert_eq!(add(&mut visit, &aggregator).await.status, 303);
    eventually("the directory has the event", || async {
        aggregator.titles(&group) == ["Tuesday tea"]
    })
    .await;
    let page = visit.get("/shown").await;
    let address = aggregator.address().to_string();
    let fields = [("do", "ask-remove"), ("address", &*address)];
    let ask = visit.send(&page, "/shown", &fields).await;
    assert!(ask.has("asked to delete"), "{}", main_of(&ask));
    visit.send(&ask, "/shown", &[]).await;
    eventually("the directory has deleted it", || async {
        aggregator.titles(&group).is_empty()
    })
    .await;
}

#[tokio::test]
async fn a_steward_names_public_directories_only_and_an_editor_none() {
    let aggregator = TestAggregator::start(1).await;
    let mut visit = visit().await;
    for (role, status) in [("steward", 422), ("editor", 404)] {
        let path = format!("{}/people", visit.base);
        let fields = [("do", "invite"), ("role", role)];
        let invited = visit.browser.fill_in(&path, &fields).await;
        let at = invited.body.find("/console/link/").expect("a link");
        let link = invited.body[at..].split('<').next().unwrap().to_owned();
        let mut browser = Browser::new(visit.test.address().port);
        browser.get(&link).await;
        let fields = [("name", role), ("passphrase", "kettle harbour nine")];
        assert_eq!(browser.post(&link, &fields).await.status, 303);
        let mut other = Visit {
            browser,
            base: visit.base.clone(),
            test: visit.test,
        };
        let shown = other.get("/shown").await;
        assert_eq!(shown.has("name=\"address\""), role == "steward");
        let page = if role == "steward" {
            add(&mut other, &aggregator).await
        } else {
            let token = shown.value("token").unwrap();
            let fields = [("token", &*token), ("do", "add"), ("address", "a.example")];
            let path = format!("{}/shown", other.base);
            other.browser.post(&path, &fields).await
        };
        assert_eq!(page.status, status, "{role}: {}", main_of(&page));
        visit.test = other.test;
    }
    assert!(visit.test.node().aggregators().is_empty());
    // Not even that, if the host wants to choose.
    visit.test.stop().await;
    visit.test.config.steward.may_name_aggregators = false;
    visit.test.start().await;
    let mut visit = visit_of(visit.test).await;
    assert_eq!(
        add(&mut visit, &aggregator).await.status,
        303,
        "the host may"
    );
}

#[tokio::test]
async fn what_is_wrong_with_an_address_is_said_and_it_stays_there() {
    let mut visit = visit().await;
    for (address, words) in [
        ("http://a.example", "must begin with https://"),
        ("the library", "Write a web address"),
        ("10.0.0.1", "needs its key"),
    ] {
        let path = format!("{}/shown", visit.base);
        let fields = [("do", "add"), ("address", address)];
        let page = visit.browser.fill_in(&path, &fields).await;
        assert_eq!(page.status, 422, "{address}");
        assert!(page.has(words) && page.has(address), "{}", main_of(&page));
    }
    let path = format!("{}/shown", visit.base);
    let fields = [("do", "remove"), ("address", "https://a.example:1")];
    assert_eq!(visit.browser.fill_in(&path, &fields).await.status, 404);
}
