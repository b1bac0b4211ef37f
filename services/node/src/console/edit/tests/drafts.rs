//! What is typed and not sent is kept, and is nobody else’s.

use std::time::Duration;

use super::super::super::super::testing::browser::{Browser, Page};
use super::{NEW_EVENT, Visit, fields, main_of, signed_in, tea, visit};

#[tokio::test]
async fn a_page_that_was_open_for_a_day_still_saves() {
    let mut visit = visit().await;
    let form = visit.get(NEW_EVENT).await;
    visit.clock().advance(Duration::from_hours(24));
    let page = visit.send(&form, NEW_EVENT, &tea()).await;
    assert_eq!(page.status, 401, "the session has ended");
    assert!(page.has("Your words are kept"));
    // The person has a passphrase in another test; here a new link opens the console, and what the
    // sign-in page carries is posted as the sign-in would keep it.
    let kept = page.value("kept").expect("the form");
    assert!(
        kept.contains("Tuesday+tea") && !kept.contains("token="),
        "{kept}"
    );
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
