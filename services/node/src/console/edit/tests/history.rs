//! Who changed what: people, settings and records.

use scraper::Html;

use super::super::super::super::testing::browser::Browser;
use super::{NEW_EVENT, Visit, main_of, tea, visit};

/// The changes of the history's page, the newest first.
async fn changes(visit: &mut Visit) -> Vec<String> {
    let page = visit.get("/history").await;
    assert_eq!(page.status, 200);
    let of_lines = main_of(&page).split("<li class=\"task\"><p>").skip(1);
    let lines = of_lines.map(|line| {
        let line = Html::parse_fragment(line.split("<br>").next().unwrap_or_default());
        line.root_element().text().collect()
    });
    lines.collect()
}

#[tokio::test]
async fn invitations_roles_and_settings_are_in_the_history() {
    let mut visit = visit().await;
    let people = format!("{}/people", visit.base);
    let invite = [("do", "invite"), ("role", "editor")];
    let invited = visit.browser.fill_in(&people, &invite).await;
    let at = invited.body.find("/console/link/").expect("a link");
    let link = invited.body[at..].split('<').next().unwrap().to_owned();
    let mut ama = Browser::new(visit.test.address().port);
    let fields = [("name", "Ama"), ("passphrase", "kettle harbour nine")];
    assert_eq!(ama.post(&link, &fields).await.status, 303);
    let id = visit.get("/people").await.value("person").unwrap();
    for what in ["make-steward", "make-editor", "return"] {
        let fields = [("do", what), ("person", &*id)];
        visit.browser.fill_in(&people, &fields).await;
    }
    let link = visit.get("/people").await.value("link").unwrap();
    let fields = [("do", "call-back"), ("link", &*link)];
    visit.browser.fill_in(&people, &fields).await;
    let settings = format!("{}/settings", visit.base);
    visit.browser.fill_in(&settings, &[("contact", "on")]).await;
    let fields = [("do", "remove"), ("person", &*id)];
    visit.browser.fill_in(&people, &fields).await;
    assert_eq!(
        changes(&mut visit).await,
        [
            "The host removed a person: Ama",
            "The host changed the settings",
            "The host called back a link",
            "The host made a link to sign in for: Ama",
            "The host made an editor of: Ama",
            "The host made a steward of: Ama",
            "Ama joined the group",
            "The host made a link that invites an editor",
        ]
    );
}

#[tokio::test]
async fn a_record_that_was_taken_back_has_its_title_until_it_is_erased() {
    let mut visit = visit().await;
    let path = visit.publish(NEW_EVENT, &tea()).await;
    visit.fill(&format!("{path}/take-back"), &[]).await;
    let titles = |changes: &[String]| {
        let named = changes
            .iter()
            .filter(|line| line.ends_with(": Tuesday tea"));
        (changes.len(), named.count())
    };
    assert_eq!(titles(&changes(&mut visit).await), (2, 2));
    // Published again, and taken back for good: nothing of its words is kept.
    let path = visit.publish(NEW_EVENT, &tea()).await;
    let erase = [("erase", "yes")];
    visit.fill(&format!("{path}/take-back"), &erase).await;
    assert_eq!(titles(&changes(&mut visit).await), (4, 2));
}
