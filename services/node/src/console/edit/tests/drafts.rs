//! What is typed and not sent is kept, and is nobody else’s.

use std::time::Duration;

use super::super::super::super::testing::browser::{Browser, Page};
use super::super::super::SHORT_LIFE;
use super::{NEW_EVENT, Visit, fields, main_of, signed_in, tea, visit};

#[tokio::test]
async fn a_page_that_was_open_for_a_day_still_saves() {
    let mut visit = visit().await;
    let form = visit.get(NEW_EVENT).await;
    visit.clock().advance(Duration::from_hours(24));
    let page = visit.send(&form, NEW_EVENT, &tea()).await;
    assert_eq!(page.status, 401, "the session has ended");
    assert!(page.has("Your words are kept"));
    assert!(page.header("set-cookie").unwrap().contains("; HttpOnly"));
    // The host has no passphrase. A new link opens the console, and leads to the words.
    let link = new_link(&visit).await;
    let page = visit.browser.post(&link, &[]).await;
    assert_eq!(page.location(), format!("{}{NEW_EVENT}", visit.base));
    assert!(!visit.browser.cookies.contains_key(KEPT), "it was used");
    let again = visit.follow(&page).await;
    assert!(again.has("value=\"Tuesday tea\"") && again.has("were kept"));
    let page = visit.send(&again, NEW_EVENT, &[]).await;
    visit.publish_checked(&page).await;
    assert_eq!(visit.events().await[0].title, "Tuesday tea");
    // The next link leads where links lead.
    let link = new_link(&visit).await;
    assert_eq!(visit.browser.post(&link, &[]).await.location(), "/console");
}

const KEPT: &str = "hedgerow-kept";

async fn new_link(visit: &Visit) -> String {
    let node = visit.test.node();
    format!("/{}", node.console_link(SHORT_LIFE).await.unwrap())
}

#[tokio::test]
async fn words_that_wait_are_for_the_browser_that_sent_them_and_for_a_day() {
    let mut visit = visit().await;
    let form = visit.get(NEW_EVENT).await;
    visit.clock().advance(Duration::from_hours(24));
    visit.send(&form, NEW_EVENT, &tea()).await;
    let mut other = Browser::new(visit.test.address().port);
    let guessed = "0".repeat(64);
    other.cookies.insert(KEPT.to_owned(), guessed);
    let page = other.post(&new_link(&visit).await, &[]).await;
    assert_eq!(page.location(), "/console");
    let page = other.get(&format!("{}{NEW_EVENT}", visit.base)).await;
    assert!(!page.has("Tuesday tea"), "{}", main_of(&page));
    visit.clock().advance(Duration::from_hours(24));
    let link = new_link(&visit).await;
    assert_eq!(visit.browser.post(&link, &[]).await.location(), "/console");
    assert!(!visit.get(NEW_EVENT).await.has("Tuesday tea"));
}

/// Posts the form of a page that goes on with words of an earlier session.
async fn go_on(visit: &mut Visit, page: &Page) -> Page {
    let sent = fields(page, "/console/kept");
    let sent: Vec<(&str, &str)> = sent.iter().map(|(a, b)| (&**a, &**b)).collect();
    visit.browser.post("/console/kept", &sent).await
}

#[tokio::test]
async fn a_page_of_an_earlier_session_still_saves_after_another_sign_in() {
    let mut visit = visit().await;
    let form = visit.get(NEW_EVENT).await;
    visit.clock().advance(Duration::from_hours(24));
    visit.browser = signed_in(&visit.test).await;
    let page = visit.send(&form, NEW_EVENT, &tea()).await;
    assert_eq!(page.status, 403, "its token is of another session");
    assert!(page.has("Your words are kept") && !page.has("did not come from here"));
    assert!(
        !visit.get(NEW_EVENT).await.has("Tuesday tea"),
        "a form without the token changes nothing"
    );
    let page = go_on(&mut visit, &page).await;
    let again = visit.follow(&page).await;
    assert!(again.has("value=\"Tuesday tea\""), "{}", main_of(&again));
    let page = visit.send(&again, NEW_EVENT, &[]).await;
    visit.publish_checked(&page).await;
    assert_eq!(visit.events().await.len(), 1);
}

#[tokio::test]
async fn a_sign_in_page_that_has_words_goes_on_with_them_after_a_sign_in_elsewhere() {
    let mut visit = visit().await;
    let form = visit.get(NEW_EVENT).await;
    visit.clock().advance(Duration::from_hours(24));
    let page = visit.send(&form, NEW_EVENT, &tea()).await;
    // Pressed too early, it has the words again.
    let page = go_on(&mut visit, &page).await;
    assert_eq!(page.status, 401);
    visit.browser = signed_in(&visit.test).await;
    let page = go_on(&mut visit, &page).await;
    assert_eq!(page.status, 403, "the sign-in page has no token");
    let page = go_on(&mut visit, &page).await;
    let again = visit.follow(&page).await;
    assert!(again.has("value=\"Tuesday tea\""), "{}", main_of(&again));
    // What is not a form of records leads nowhere, and no other site.
    let token = visit.browser.get("/console/account").await;
    let token = token.value("token").unwrap();
    for next in ["https://example.org", "/console/g/00/events"] {
        let sent = [
            ("token", &*token),
            ("next", next),
            ("kept", "form_key=a&b=c"),
        ];
        let page = visit.browser.post("/console/kept", &sent).await;
        assert!(
            page.location().starts_with("/console"),
            "{next}: {}",
            page.location()
        );
    }
}

#[tokio::test]
async fn a_form_that_was_kept_at_sign_in_is_there_again() {
    let mut visit = visit().await;
    let invited = {
        let path = format!("{}/people", visit.base);
        let fields = [("do", "invite"), ("role", "editor")];
        visit.browser.fill_in(&path, &fields).await
    };
    let at = invited.body.find("/console/link/").expect("a link");
    let link = invited.body[at..].split('<').next().unwrap().to_owned();
    let mut browser = Browser::new(visit.test.address().port);
    browser.get(&link).await;
    let fields = [("name", "Ama"), ("passphrase", "kettle harbour nine")];
    assert_eq!(browser.post(&link, &fields).await.status, 303);
    visit.browser = browser;
    let form = visit.get(NEW_EVENT).await;
    visit.clock().advance(Duration::from_hours(24));
    let page = visit.send(&form, NEW_EVENT, &tea()).await;
    assert_eq!(page.status, 401);
    let (kept, next) = (page.value("kept").unwrap(), page.value("next").unwrap());
    let fields = [
        ("name", "Ama"),
        ("passphrase", "kettle harbour nine"),
        ("kept", &*kept),
        ("next", &*next),
    ];
    let page = visit.browser.post("/console/sign-in", &fields).await;
    assert_eq!(page.location(), format!("{}{NEW_EVENT}", visit.base));
    let again = visit.get(NEW_EVENT).await;
    assert!(again.has("value=\"Tuesday tea\""), "{}", main_of(&again));
    let page = visit.send(&again, NEW_EVENT, &[]).await;
    visit.publish_checked(&page).await;
    assert_eq!(visit.events().await.len(), 1);
    // An editor has no settings.
    for path in ["/settings", "/settings/export", "/settings/take-back"] {
        assert_eq!(visit.get(path).await.status, 404, "{path}");
    }
}

/// What the script of a page sends: all fields of its form.
async fn type_into(visit: &mut Visit, page: &Page, changes: &[(&str, &str)]) -> u16 {
    let action = format!("{}{NEW_EVENT}", visit.base);
    let mut sent = fields(page, &action);
    sent.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    sent.extend(
        changes
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned())),
    );
    let sent: Vec<(&str, &str)> = sent.iter().map(|(a, b)| (&**a, &**b)).collect();
    let draft = format!("{action}/draft");
    visit.browser.post(&draft, &sent).await.status
}

#[tokio::test]
async fn what_is_typed_is_kept_before_it_is_saved_and_never_published() {
    let mut visit = visit().await;
    let page = visit.get(NEW_EVENT).await;
    assert!(page.has(&format!("data-draft=\"{}{NEW_EVENT}/draft\"", visit.base)));
    // Half of a form: it could not be saved.
    let half = [("title", "Tea & <b>talk</b>"), ("schedule.day", "some day")];
    assert_eq!(type_into(&mut visit, &page, &half).await, 204);
    let again = visit.get(NEW_EVENT).await;
    assert_eq!(again.status, 200);
    for kept in ["Tea &amp; &lt;b&gt;talk", "some day", "were kept"] {
        assert!(
            again.has(kept) || again.has("Tea &#38; &#60;b&#62;talk"),
            "{kept}: {}",
            main_of(&again)
        );
    }
    assert!(visit.get("/events").await.has("Not sent yet"));
    let home = visit.base.clone();
    assert!(visit.browser.get(&home).await.has(NEW_EVENT));
    assert!(visit.records().await.is_empty());
    // The form itself saves, and an earlier copy that arrives after it changes nothing.
    let mut whole = tea();
    whole.push(("schedule.day", ""));
    let saved = visit.send(&again, NEW_EVENT, &whole).await;
    assert_eq!(saved.status, 303, "{}", main_of(&saved));
    assert_eq!(type_into(&mut visit, &page, &half).await, 409);
    visit.publish_checked(&saved).await;
    assert_eq!(visit.events().await[0].title, "Tuesday tea");
    assert!(!visit.get("/events").await.has("Not sent yet"));
    let new = visit.get(NEW_EVENT).await;
    assert!(
        !new.has("some day") && !new.has("Tuesday tea"),
        "{}",
        main_of(&new)
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_for_a_person_who_goes_away() {
    let mut visit = visit().await;
    let wrong = [("title", "Tuesday tea"), ("schedule.day", "some day")];
    assert_eq!(visit.fill(NEW_EVENT, &wrong).await.status, 422);
    let again = visit.get(NEW_EVENT).await;
    assert!(
        again.has("some day") && again.has("Tuesday tea"),
        "{}",
        main_of(&again)
    );
    // It can be thrown away.
    let page = visit.send(&again, "/edit/event/new/discard", &[]).await;
    assert_eq!(page.status, 303);
    assert!(!visit.get(NEW_EVENT).await.has("some day"));
}

#[tokio::test]
async fn drafts_are_bounded_and_of_this_session_only() {
    let mut visit = visit().await;
    let page = visit.get(NEW_EVENT).await;
    let long = "x".repeat(600_000);
    assert_eq!(type_into(&mut visit, &page, &[("title", &long)]).await, 413);
    let forged = [("token", "00"), ("title", "Tea")];
    assert_eq!(type_into(&mut visit, &page, &forged).await, 403);
    visit.clock().advance(Duration::from_hours(24));
    let tea = [("title", "Tea")];
    assert_eq!(type_into(&mut visit, &page, &tea).await, 401);
    visit.browser = signed_in(&visit.test).await;
    assert!(!visit.get(NEW_EVENT).await.has("value=\"Tea\""));
}
