//! A record from an empty form to published, changed and taken back.

use hedgerow_proto::v1;
use prost::Message as _;

use super::{NEW_EVENT, TUESDAYS, main_of, tea, visit};

#[tokio::test]
async fn a_new_event_is_filled_in_checked_and_published() {
    let mut visit = visit().await;
    let list = visit.get("/events").await;
    assert!(list.has("You have no events yet"), "{}", list.body);
    let page = visit.fill(NEW_EVENT, &tea()).await;
    let check = visit.follow(&page).await;
    for words in [
        "Tuesday tea",
        "The next days",
        "Tuesday 5 May, 7pm",
        "What will be public",
    ] {
        assert!(check.has(words), "{words}: {}", main_of(&check));
    }
    assert!(!check.has("FREQ="), "{}", main_of(&check));
    assert!(
        visit.events().await.is_empty(),
        "nothing is public before the check"
    );
    let list = visit.get("/events").await;
    assert!(list.has("Not sent yet") && list.has("Tuesday tea"));
    let path = visit.publish_checked(&page).await;
    let events = visit.events().await;
    assert_eq!(events[0].title, "Tuesday tea");
    let schedule = events[0].schedule.clone().unwrap();
    assert_eq!(schedule.start, "2026-05-05T19:00");
    assert_eq!(schedule.rrules, ["FREQ=WEEKLY;BYDAY=TU"]);
    let own = visit.get(&path).await;
    assert!(
        own.has("It is published.") && own.has("Take it back"),
        "{}",
        main_of(&own)
    );
    assert!(!visit.get("/events").await.has("Not sent yet"));
    // Pressed twice: the second time publishes nothing more.
    let again = visit
        .browser
        .post(
            &format!("{}/edit/event/new/check", visit.base),
            &[("token", &own.value("token").unwrap())],
        )
        .await;
    assert_eq!(again.status, 303);
    assert_eq!(visit.events().await.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_read_is_shown_with_all_that_was_typed() {
    let mut visit = visit().await;
    let mut wrong = tea();
    wrong.extend([("capacity", "<many>"), ("schedule.words", "at full moon")]);
    wrong.remove(1);
    let page = visit.fill(NEW_EVENT, &wrong).await;
    assert_eq!(page.status, 422);
    for words in [
        "Please look at this again",
        "href=\"#capacity\"",
        "href=\"#schedule.words\"",
        "value=\"&#60;many&#62;\"",
        "value=\"Tuesday tea\"",
        "We could not read this",
    ] {
        assert!(page.has(words), "{words}: {}", main_of(&page));
    }
    // What the rules refuse leads to its field.
    let page = visit
        .fill(
            NEW_EVENT,
            &[
                ("title", ""),
                ("schedule.words", TUESDAYS),
                ("capacity", ""),
            ],
        )
        .await;
    let check = visit.follow(&page).await;
    assert!(check.has("/form/all#title"), "{}", main_of(&check));
    assert!(!check.has(">Publish</button>"));
}

#[tokio::test]
async fn a_change_shows_what_it_changes_and_the_earlier_version_comes_back() {
    let mut visit = visit().await;
    let path = visit.publish(NEW_EVENT, &tea()).await;
    let form = format!("{path}/form/all");
    let page = visit.fill(&form, &[("title", "Friday tea")]).await;
    let check = visit.follow(&page).await;
    assert!(
        check.has("<del>") && check.has("Friday tea"),
        "{}",
        main_of(&check)
    );
    assert!(
        !main_of(&check).contains("Who can come?"),
        "only what changes is listed"
    );
    visit.publish_checked(&page).await;
    assert_eq!(visit.events().await[0].title, "Friday tea");
    let history = visit.get("/history").await;
    let at = history.body.find("/undo/").expect("an earlier version");
    let undo = history.body[at..].split('"').next().unwrap().to_owned();
    let page = visit.fill(&undo, &[]).await;
    visit.publish_checked(&page).await;
    assert_eq!(visit.events().await[0].title, "Tuesday tea");
    assert_eq!(visit.get("/undo/99999").await.status, 404);
    assert_eq!(visit.get("/undo/x").await.status, 400);
}

#[tokio::test]
async fn a_record_is_taken_back_and_comes_back_or_is_erased() {
    let mut visit = visit().await;
    let path = visit.publish(NEW_EVENT, &tea()).await;
    let take_back = format!("{path}/take-back");
    let page = visit.fill(&take_back, &[]).await;
    assert!(visit.follow(&page).await.has("You can undo this"));
    assert!(visit.events().await.is_empty());
    assert_eq!(visit.get(&path).await.status, 404);
    let history = visit.get("/history").await;
    let at = history.body.find("/undo/").expect("an earlier version");
    let undo = history.body[at..].split('"').next().unwrap().to_owned();
    let page = visit.fill(&undo, &[]).await;
    let path = visit.publish_checked(&page).await;
    assert_eq!(visit.events().await[0].title, "Tuesday tea");
    let take_back = format!("{path}/take-back");
    visit.fill(&take_back, &[("erase", "yes")]).await;
    let history = visit.get("/history").await;
    let newest = history.body.split("<li class=\"task\">").nth(1).unwrap();
    assert!(!newest.contains("/undo/"), "{newest}");
}

#[tokio::test]
async fn questions_of_the_rules_are_ticked_by_name() {
    let mut visit = visit().await;
    let mut fields = tea();
    fields.extend([
        ("contacts.0.kind", "1"),
        ("contacts.0.value", "jane.smith@gmail.com"),
    ]);
    let page = visit.fill(NEW_EVENT, &fields).await;
    let check = visit.follow(&page).await;
    assert!(
        check.has("value=\"personal_contact\""),
        "{}",
        main_of(&check)
    );
    assert!(check.has("jane.smith@gmail.com"));
    let refused = visit.send(&check, "/edit/event/new/check", &[]).await;
    assert_eq!(refused.status, 422);
    assert!(visit.events().await.is_empty());
    let confirmed = [("confirm", "personal_contact")];
    let page = visit
        .send(&refused, "/edit/event/new/check", &confirmed)
        .await;
    assert_eq!(page.status, 303, "{}", main_of(&page));
    assert_eq!(visit.events().await.len(), 1);
}

#[tokio::test]
async fn offers_and_other_kinds_have_forms_too() {
    let mut visit = visit().await;
    let choose = visit.get("/add/offer").await;
    assert!(choose.has("/edit/offer/new-space") && choose.has("/edit/offer/new-time-credits"));
    let room = [
        ("resource.title", "Upstairs room"),
        ("resource.space.capacity", "12"),
        ("resource.place.precision", "3"),
        ("resource.place.name", "Sheffield"),
        ("resource.availability.weekly.0.weekday", "2"),
        ("resource.availability.weekly.0.opening_time", "6pm"),
        ("resource.availability.weekly.0.closing_time", "21:00"),
        ("resource.price.kind", "1"),
    ];
    let path = visit.publish("/edit/offer/new-space/form/all", &room).await;
    let records = visit.records().await;
    let record = v1::Record::decode(records[0].1.record.as_slice()).unwrap();
    let offer = v1::Offer::decode(record.body.as_slice()).unwrap();
    let resource = offer.resource.unwrap();
    let hours = &resource.availability.unwrap();
    assert_eq!(hours.weekly[0].opening_time, "18:00");
    assert_eq!(hours.time_zone, "Europe/London");
    assert_eq!(resource.place.unwrap().geonames_id, 2_638_077);
    // A list has room for one more without a script.
    let form = format!("{path}/form/all");
    let page = visit
        .fill(&form, &[("more", "resource.availability.weekly")])
        .await;
    assert_eq!(page.status, 200, "{}", main_of(&page));
    assert!(page.has("name=\"resource.availability.weekly.1.opening_time\""));
    let story = [
        ("title", "A cup of tea"),
        ("text", "Somebody put a cup in front of me."),
    ];
    let page = visit.fill("/edit/story/new/form/all", &story).await;
    let check = visit.follow(&page).await;
    assert!(
        check.has("This stays on this computer"),
        "{}",
        main_of(&check)
    );
    for (kind, key) in [
        ("need", "new-funding"),
        ("commitment", "new"),
        ("vouch", "new"),
        ("circumstances", "new"),
    ] {
        let page = visit.get(&format!("/edit/{kind}/{key}/form/all")).await;
        assert_eq!(page.status, 200, "{kind}");
        assert!(page.body.len() < 60_000, "{kind}: {}", page.body.len());
    }
}
