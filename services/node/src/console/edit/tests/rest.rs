//! Confirmations, settings and messages.

use std::time::Duration;

use hedgerow_proto::v1;
use prost::Message as _;

use super::super::super::super::testing::browser::Page;
use super::{NEW_EVENT, NEW_LISTING, Visit, listing, main_of, signed_in, tea, visit};

#[tokio::test]
async fn a_listing_is_confirmed_in_one_press_and_asked_about_again() {
    let mut visit = visit().await;
    let path = visit.publish(NEW_LISTING, &listing()).await;
    assert_eq!(
        visit.get("/listing").await.location(),
        format!("{}{path}", visit.base)
    );
    let home = |visit: &Visit| visit.base.clone();
    let path_of_home = home(&visit);
    let asks = |page: &Page| page.has("still right");
    assert!(!asks(&visit.browser.get(&path_of_home).await));
    visit.clock().advance(Duration::from_hours(24 * 200));
    visit.browser = signed_in(&visit.test).await;
    assert!(asks(&visit.browser.get(&path_of_home).await));
    // One press on the first page.
    let page = visit.browser.get(&path_of_home).await;
    let still = format!("{path}/still-right");
    assert!(page.has("Kettle Room</bdi></a>"), "{}", main_of(&page));
    let page = visit.send(&page, &still, &[]).await;
    assert!(visit.follow(&page).await.has("Thank you"));
    assert!(!asks(&visit.browser.get(&path_of_home).await));
    let records = visit.records().await;
    let record = v1::Record::decode(records[0].1.record.as_slice()).unwrap();
    let listing = v1::Listing::decode(record.body.as_slice()).unwrap();
    assert!(listing.confirm_time.is_some());
    assert_eq!(listing.activities, ["activity:socialising"]);
}

#[tokio::test]
async fn settings_pause_export_and_take_everything_back() {
    let mut visit = visit().await;
    visit.publish(NEW_LISTING, &listing()).await;
    visit.publish(NEW_EVENT, &tea()).await;
    let page = visit.get("/settings").await;
    let token = page.value("token").unwrap();
    let path = format!("{}/settings", visit.base);
    let fields = [("token", &*token), ("contact", "on")];
    let page = visit.browser.post(&path, &fields).await;
    assert!(visit.follow(&page).await.has("The form is on."));
    let fields = [("token", &*token), ("remind_after", "0")];
    visit.browser.post(&path, &fields).await;
    let fields = [
        ("token", &*token),
        ("state", "paused"),
        ("until", "2026-09-01"),
    ];
    let page = visit.browser.post(&path, &fields).await;
    visit.publish_checked(&page).await;
    assert!(visit.get("/settings").await.has("you have a pause"));
    let file = visit.get("/settings/export").await;
    assert!(
        file.header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
    let json: serde_json::Value = serde_json::from_str(&file.body).unwrap();
    assert_eq!(json["records"].as_array().unwrap().len(), 2);
    assert!(
        json["records"][0]["body"]["title"] == "Tuesday tea",
        "{json}"
    );
    assert_eq!(json["key_log"].as_array().unwrap().len(), 1);
    let all = "/settings/take-back";
    let refused = visit.fill(all, &[("sure", "yes")]).await;
    assert_eq!(refused.status, 422);
    assert_eq!(visit.records().await.len(), 2);
    visit.fill(all, &[("sure", "Everything")]).await;
    assert!(visit.records().await.is_empty());
}

async fn set(visit: &mut Visit, name: &str, value: &str) -> Page {
    let path = format!("{}/settings", visit.base);
    let page = visit.browser.fill_in(&path, &[(name, value)]).await;
    assert_eq!(page.status, 303, "{}", main_of(&page));
    page
}

async fn state(visit: &Visit) -> v1::ActivityState {
    let records = visit.records().await;
    let record = v1::Record::decode(records[0].1.record.as_slice()).unwrap();
    let listing = v1::Listing::decode(record.body.as_slice()).unwrap();
    listing.activity_state()
}

#[tokio::test]
async fn a_group_closes_after_a_check_and_may_go_on() {
    let mut visit = visit().await;
    let page = set(&mut visit, "state", "closed").await;
    assert!(
        visit.follow(&page).await.has("no listing"),
        "nothing to close"
    );
    visit.publish(NEW_LISTING, &listing()).await;
    let page = set(&mut visit, "state", "closed").await;
    assert_ne!(state(&visit).await, v1::ActivityState::Closed, "only asked");
    visit.publish_checked(&page).await;
    assert_eq!(state(&visit).await, v1::ActivityState::Closed);
    assert!(visit.get("/settings").await.has("you have closed"));
    let public = format!("/g/{}", visit.test.steward().group_id);
    let page = visit.browser.get(&public).await;
    assert!(page.has(">Closed<"), "{}", main_of(&page));
    let page = set(&mut visit, "state", "active").await;
    visit.publish_checked(&page).await;
    assert_eq!(state(&visit).await, v1::ActivityState::Active);
    assert!(!visit.get("/settings").await.has("you have closed"));
}

#[tokio::test]
async fn a_reminder_comes_after_the_months_that_the_group_chose() {
    let mut visit = visit().await;
    visit.publish(NEW_LISTING, &listing()).await;
    let home = visit.base.clone();
    let mut passed = 0;
    for (months, day, is_asked) in [
        ("1", 29, false),
        ("1", 31, true),
        ("3", 31, false),
        ("3", 91, true),
        ("12", 91, false),
        // Not one of the choices: nothing is changed.
        ("2", 91, false),
        ("6", 181, true),
        ("12", 361, true),
        ("0", 3_000, false),
    ] {
        visit
            .clock()
            .advance(Duration::from_hours(24 * (day - passed)));
        passed = day;
        visit.browser = signed_in(&visit.test).await;
        set(&mut visit, "remind_after", months).await;
        let page = visit.browser.get(&home).await;
        assert_eq!(
            page.has("still right"),
            is_asked,
            "{months} months, day {day}"
        );
    }
}

#[tokio::test]
async fn messages_are_read_and_deleted() {
    let mut visit = visit().await;
    let empty = visit.get("/messages").await;
    assert!(empty.has("There are no messages."), "{}", main_of(&empty));
    let shared = visit.test.node().shared();
    let message = crate::messages::Message {
        text: "Is <b>Tuesday</b> on?".to_owned(),
        reply: "a@example.org".to_owned(),
    };
    let group = visit.test.steward().group_id;
    crate::messages::keep(shared, &group, &message)
        .await
        .unwrap();
    let page = visit.get("/messages").await;
    assert!(
        page.has("Is &lt;b&gt;Tuesday&lt;/b&gt; on?") && page.has("mailto:a@example.org"),
        "{}",
        main_of(&page)
    );
    assert!(
        visit
            .browser
            .get(&visit.base.clone())
            .await
            .has("There is a new message")
    );
    let page = visit.send(&page, "/messages", &[("do", "read")]).await;
    assert!(!visit.follow(&page).await.has(">New</span>"));
    let page = visit.fill("/messages", &[("do", "delete")]).await;
    let page = visit.follow(&page).await;
    assert!(page.has("The message is deleted") && page.has("There are no messages."));
}
