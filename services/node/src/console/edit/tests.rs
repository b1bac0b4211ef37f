//! Records by form, over a real node, by a browser without scripts.

use std::collections::BTreeMap;
use std::time::Duration;

use hedgerow_proto::{steward_v1, v1};
use hedgerow_testkit::ManualClock;
use prost::Message as _;
use scraper::{ElementRef, Html, Selector};

use super::super::super::testing::browser::{Browser, Page};
use super::super::super::testing::{TestNode, phrase};
use super::super::SHORT_LIFE;

/// The host's browser, in the console of the group `us`.
struct Visit {
    test: TestNode,
    browser: Browser,
    base: String,
}

async fn visit() -> Visit {
    let test = TestNode::running(&[]).await;
    let browser = signed_in(&test).await;
    let base = format!("/console/g/{}", test.steward().group_id);
    Visit {
        test,
        browser,
        base,
    }
}

async fn signed_in(test: &TestNode) -> Browser {
    let mut browser = Browser::new(test.address().port);
    let link = test.node().console_link(SHORT_LIFE).await.unwrap();
    let page = browser.post(&format!("/{link}"), &[]).await;
    assert_eq!(page.status, 303, "{}", page.body);
    browser
}

/// The fields of a page's main form as a browser posts them.
fn fields(page: &Page, form: &str) -> Vec<(String, String)> {
    let html = Html::parse_document(&page.body);
    let selector = Selector::parse(&format!("main form[action=\"{form}\"]")).unwrap();
    let form = html
        .select(&selector)
        .next()
        .unwrap_or_else(|| panic!("no form {form}: {}", page.body));
    let all = Selector::parse("input, select, textarea").unwrap();
    let mut fields = Vec::new();
    for element in form.select(&all) {
        let value = element.value();
        let Some(name) = value.attr("name") else {
            continue;
        };
        let is_ticked = value.attr("checked").is_some();
        let of_value = value.attr("value").unwrap_or_default().to_owned();
        match (value.name(), value.attr("type")) {
            ("textarea", _) => {
                let text: String = element.text().collect();
                let text = text.strip_prefix('\n').unwrap_or(&text).to_owned();
                fields.push((name.to_owned(), text.replace('\n', "\r\n")));
            }
            ("select", _) => fields.push((name.to_owned(), selected(element))),
            (_, Some("checkbox" | "radio")) if !is_ticked => {}
            (_, Some("file")) => {}
            _ => fields.push((name.to_owned(), of_value)),
        }
    }
    fields
}

fn selected(select: ElementRef<'_>) -> String {
    let options = Selector::parse("option").unwrap();
    let chosen = select
        .select(&options)
        .find(|option| option.value().attr("selected").is_some())
        .or_else(|| select.select(&options).next());
    let value = chosen.and_then(|option| option.value().attr("value"));
    value.unwrap_or_default().to_owned()
}

impl Visit {
    async fn get(&mut self, path: &str) -> Page {
        let path = format!("{}{path}", self.base);
        self.browser.get(&path).await
    }

    /// Fills in the form of a page, and posts all of its fields.
    async fn fill(&mut self, path: &str, changes: &[(&str, &str)]) -> Page {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        self.send(&page, path, changes).await
    }

    async fn send(&mut self, page: &Page, action: &str, changes: &[(&str, &str)]) -> Page {
        let action = format!("{}{action}", self.base);
        let mut fields = fields(page, &action);
        let mut set = BTreeMap::new();
        for (name, value) in changes {
            let first = set.insert(*name, ()).is_none();
            if first {
                fields.retain(|(field, _)| field != name);
            }
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (&**a, &**b)).collect();
        self.browser.post(&action, &fields).await
    }

    /// Follows a redirect.
    async fn follow(&mut self, page: &Page) -> Page {
        assert_eq!(page.status, 303, "{}", page.body);
        let location = page.location().to_owned();
        self.browser.get(&location).await
    }

    /// Fills in, checks and publishes. Returns the path of the record, after the group's.
    async fn publish(&mut self, form: &str, changes: &[(&str, &str)]) -> String {
        let page = self.fill(form, changes).await;
        assert_eq!(page.status, 303, "{}", main_of(&page));
        self.publish_checked(&page).await
    }

    async fn publish_checked(&mut self, to_check: &Page) -> String {
        let path = self.short(to_check.location());
        let check = self.follow(to_check).await;
        assert_eq!(check.status, 200, "{}", check.body);
        let page = self.send(&check, &path, &[]).await;
        assert_eq!(page.status, 303, "{}", main_of(&page));
        self.short(page.location())
    }

    fn short(&self, path: &str) -> String {
        path.strip_prefix(&self.base).unwrap_or(path).to_owned()
    }

    async fn records(&self) -> Vec<(String, steward_v1::StewardRecord)> {
        let records = self.test.steward().list().await;
        let kind = |record: &steward_v1::StewardRecord| {
            record.name.as_ref().map(|name| name.collection.clone())
        };
        let with_kind = records
            .into_iter()
            .map(|record| (kind(&record).unwrap(), record));
        with_kind.collect()
    }

    async fn events(&self) -> Vec<v1::Event> {
        let records = self.records().await.into_iter();
        let events = records.filter(|(kind, _)| kind == "event");
        events
            .map(|(_, record)| {
                let record = v1::Record::decode(record.record.as_slice()).unwrap();
                v1::Event::decode(record.body.as_slice()).unwrap()
            })
            .collect()
    }

    fn clock(&self) -> &ManualClock {
        &self.test.clock
    }
}

fn main_of(page: &Page) -> &str {
    page.body
        .split_once("<main")
        .map_or(&page.body, |(_, main)| main)
}

const TUESDAYS: &str = "Tuesdays, 7pm to 8.30pm";

fn tea<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("title", "Tuesday tea"),
        ("schedule.words", TUESDAYS),
        ("online.available", "yes"),
        ("openness", "1"),
    ]
}

const NEW_EVENT: &str = "/edit/event/new/form/all";

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
        .fill(NEW_EVENT, &[("title", ""), ("schedule.words", TUESDAYS)])
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
async fn two_people_who_change_one_record_lose_nothing() {
    let mut visit = visit().await;
    let path = visit.publish(NEW_EVENT, &tea()).await;
    let form = format!("{path}/form/all");
    let mine = visit
        .fill(&form, &[("title", "My tea"), ("capacity", "12")])
        .await;
    // Meanwhile a program changes the title and the summary.
    let records = visit.records().await;
    let (_, record) = &records[0];
    let stored = v1::Record::decode(record.record.as_slice()).unwrap();
    let mut event = v1::Event::decode(stored.body.as_slice()).unwrap();
    event.title = "Their tea".to_owned();
    event.summary = "Toast too.".to_owned();
    let draft = steward_v1::RecordDraft {
        body: event.encode_to_vec(),
        ..steward_v1::RecordDraft::default()
    };
    let name = record.name.clone().unwrap();
    let steward = visit.test.steward();
    steward.update(name, &record.etag, draft).await.unwrap();
    let check = visit.follow(&mine).await;
    assert_eq!(check.status, 303, "{}", main_of(&check));
    let conflict = visit.follow(&check).await;
    assert!(
        conflict.has("My tea") && conflict.has("Their tea"),
        "{}",
        main_of(&conflict)
    );
    assert!(
        !conflict.has("Toast too."),
        "only one side changed the summary"
    );
    let action = format!("{path}/conflict");
    let page = visit
        .send(&conflict, &action, &[("keep.title", "theirs")])
        .await;
    visit.publish_checked(&page).await;
    let event = &visit.events().await[0];
    assert_eq!(
        (&*event.title, &*event.summary, event.capacity),
        ("Their tea", "Toast too.", 12)
    );
}

#[tokio::test]
async fn two_windows_of_one_person_lose_nothing() {
    let mut visit = visit().await;
    let path = visit.publish(NEW_EVENT, &tea()).await;
    let form = format!("{path}/form/all");
    visit
        .fill(&form, &[("do", "save"), ("summary", "First.")])
        .await;
    let (left, right) = (visit.get(&form).await, visit.get(&form).await);
    visit
        .send(&left, &form, &[("do", "save"), ("title", "Left")])
        .await;
    let page = visit
        .send(&right, &form, &[("do", "save"), ("title", "Right")])
        .await;
    assert!(
        page.location().ends_with("/conflict"),
        "{}",
        page.location()
    );
    let conflict = visit.follow(&page).await;
    assert!(conflict.has("Left") && conflict.has("Right") && conflict.has("another window"));
    let action = format!("{path}/conflict");
    let page = visit
        .send(&conflict, &action, &[("keep.title", "mine")])
        .await;
    visit.publish_checked(&page).await;
    assert_eq!(visit.events().await[0].title, "Right");
}

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

#[tokio::test]
async fn one_day_of_a_series_is_moved_and_another_cancelled() {
    let mut visit = visit().await;
    let path = visit.publish(NEW_EVENT, &tea()).await;
    let dates = format!("{path}/dates");
    let page = visit.fill(&dates, &[("do", "move")]).await;
    assert_eq!(page.status, 422, "no day is chosen");
    let fields = [
        ("day", "2026-05-12T19:00"),
        ("do", "move"),
        ("to_day", "2026-05-13"),
        ("to_time", "6pm"),
    ];
    let page = visit.fill(&dates, &fields).await;
    visit.publish_checked(&page).await;
    let page = visit
        .fill(&dates, &[("day", "2026-05-19T19:00"), ("do", "cancel")])
        .await;
    let check = visit.follow(&page).await;
    assert!(check.has("Wednesday 13 May, 6pm"), "{}", main_of(&check));
    visit.publish_checked(&page).await;
    let schedule = visit.events().await[0].schedule.clone().unwrap();
    assert_eq!(schedule.exdates, ["2026-05-12T19:00", "2026-05-19T19:00"]);
    assert_eq!(schedule.rdates, ["2026-05-13T18:00"]);
}

#[tokio::test]
async fn last_months_single_events_are_copied() {
    let mut visit = visit().await;
    // The second Tuesday of April.
    let fields = [
        ("title", "Open evening"),
        ("schedule.day", "2026-04-14"),
        ("schedule.from", "19:00"),
        ("schedule.to", "21:00"),
        ("online.available", "yes"),
    ];
    visit.publish(NEW_EVENT, &fields).await;
    let page = visit.get("/events/copy").await;
    assert!(
        page.has("Open evening") && page.has("value=\"2026-05-12\""),
        "{}",
        main_of(&page)
    );
    let page = visit.send(&page, "/events/copy", &[]).await;
    assert_eq!(page.status, 303, "{}", main_of(&page));
    let mut starts: Vec<String> = visit
        .events()
        .await
        .into_iter()
        .map(|event| event.schedule.unwrap().start)
        .collect();
    starts.sort_unstable();
    assert_eq!(starts, ["2026-04-14T19:00", "2026-05-12T19:00"]);
    assert!(
        visit
            .get("/events/copy")
            .await
            .has("in the new month already")
    );
}

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:one\r\nSUMMARY:Choir\r\n\
    DTSTART;TZID=Europe/London:20260507T190000\r\nDTEND;TZID=Europe/London:20260507T203000\r\n\
    LOCATION:12 High Street\\, Leeds\r\nRRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:two\r\nSUMMARY:Doctor\r\nCLASS:PRIVATE\r\nDTSTART:20260507T190000Z\r\n\
    END:VEVENT\r\nEND:VCALENDAR\r\n";

#[tokio::test]
async fn a_calendar_file_is_looked_at_then_published_and_the_next_one_changes_it() {
    let mut visit = visit().await;
    let import = "/events/import";
    let page = visit.fill(import, &[("calendar", "<html>")]).await;
    assert_eq!(page.status, 422);
    assert!(page.has("This is not a calendar file"));
    let page = visit.fill(import, &[("calendar", CALENDAR)]).await;
    assert_eq!(page.status, 200, "{}", main_of(&page));
    assert!(
        page.has("Choir") && page.has("marked as private"),
        "{}",
        main_of(&page)
    );
    assert!(visit.events().await.is_empty());
    let page = visit.send(&page, import, &[("do", "publish")]).await;
    assert_eq!(page.status, 303, "{}", main_of(&page));
    let events = visit.events().await;
    assert_eq!((events.len(), &*events[0].title), (1, "Choir"));
    assert!(!format!("{events:?}").contains("High Street"));
    let page = visit.fill(import, &[("calendar", CALENDAR)]).await;
    assert!(page.has("Nothing here is new"), "{}", main_of(&page));
    let later = CALENDAR.replace("Choir", "Choir and tea");
    let page = visit.fill(import, &[("calendar", &later)]).await;
    assert!(page.has("Already there, and changed"));
    visit.send(&page, import, &[("do", "publish")]).await;
    let events = visit.events().await;
    assert_eq!((events.len(), &*events[0].title), (1, "Choir and tea"));
    // As a file.
    let token = page.value("token").unwrap();
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n--x\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"a.ics\"\r\n\r\n{later}\r\n--x--\r\n"
    );
    let path = format!("{}{import}", visit.base);
    let kind = "multipart/form-data; boundary=x";
    let page = visit.browser.send("POST", &path, &body, Some(kind)).await;
    assert!(page.has("Nothing here is new"), "{}", main_of(&page));
}

fn listing<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("name", "Kettle Room"),
        ("summary", "Tea and a listening ear."),
        ("activities", ""),
        ("activities", "activity:socialising"),
    ]
}

const NEW_LISTING: &str = "/edit/listing/new/form/about";

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
    let page = visit.get(&path).await;
    let token = page.value("token").unwrap();
    let still = format!("{}{path}/still-right", visit.base);
    let page = visit.browser.post(&still, &[("token", &token)]).await;
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

#[tokio::test]
async fn no_page_shows_another_groups_records() {
    let mut test = TestNode::new(&[]).await;
    let node = test.open().await;
    node.add_group("them", &phrase(2)).await.unwrap();
    node.close().await;
    test.start().await;
    let mut visit = Visit {
        browser: signed_in(&test).await,
        base: format!("/console/g/{}", test.steward().group_id),
        test,
    };
    let path = visit.publish(NEW_EVENT, &tea()).await;
    let invited = {
        let them = visit.test.steward_of("them").group_id;
        let path = format!("/console/g/{them}/people");
        visit
            .browser
            .fill_in(&path, &[("do", "invite"), ("role", "steward")])
            .await
    };
    let at = invited.body.find("/console/link/").expect("a link");
    let link = invited.body[at..].split('<').next().unwrap().to_owned();
    let mut bea = Browser::new(visit.test.address().port);
    bea.get(&link).await;
    let fields = [("name", "Bea"), ("passphrase", "kettle harbour nine")];
    assert_eq!(bea.post(&link, &fields).await.status, 303);
    let token = bea.get("/console/account").await.value("token").unwrap();
    let them = format!("/console/g/{}", visit.test.steward_of("them").group_id);
    for page in [
        "/listing",
        "/events",
        "/offers",
        "/more",
        "/add/offer",
        "/events/import",
        "/events/copy",
        "/undo/1",
        "/messages",
        "/shown",
        "/settings",
        "/settings/export",
        "/settings/take-back",
        &path,
        &format!("{path}/form/all"),
        &format!("{path}/check"),
        &format!("{path}/conflict"),
        &format!("{path}/dates"),
        &format!("{path}/take-back"),
    ] {
        let own = format!("{}{page}", visit.base);
        assert_eq!(bea.get(&own).await.status, 404, "{own}");
        let status = bea
            .post(&own, &[("token", &token), ("do", "delete")])
            .await
            .status;
        assert!([404, 405].contains(&status), "{own}: {status}");
    }
    // Nor by the key of another group's record in the own console.
    for page in [
        path.clone(),
        format!("{path}/form/all"),
        format!("{path}/take-back"),
    ] {
        assert_eq!(
            bea.get(&format!("{them}{page}")).await.status,
            404,
            "{page}"
        );
    }
    assert_eq!(bea.get(&format!("{them}/undo/1")).await.status, 404);
    assert_eq!(visit.events().await.len(), 1);
}

#[tokio::test]
async fn a_hostile_record_is_only_text_on_every_page() {
    let mut visit = visit().await;
    let hostile = format!(
        "</textarea></script><script>alert(1)</script>\" onx=\"1\u{202e}{}",
        "x".repeat(15)
    );
    let mut event = v1::Event {
        title: hostile.clone(),
        summary: format!("{hostile} {}", "x".repeat(150)),
        how_to_join_words: hostile.clone(),
        activities: vec![hostile.clone(), "x:<b>".to_owned()],
        ..v1::Event::default()
    };
    event.schedule = Some(v1::Schedule {
        words: hostile.clone(),
        start: "2026-05-05T19:00".to_owned(),
        time_zone: "Europe/London".to_owned(),
        rrules: vec!["FREQ=WEEKLY".to_owned()],
        ..v1::Schedule::default()
    });
    event.online = Some(v1::Online {
        available: true,
        ..v1::Online::default()
    });
    let draft = steward_v1::RecordDraft {
        body: event.encode_to_vec(),
        ..steward_v1::RecordDraft::default()
    };
    let created = visit
        .test
        .steward()
        .try_create_of("event", "one", draft.clone())
        .await;
    let created = match created {
        Ok(created) => created,
        // The rules refuse the controls; the rest must pass.
        Err(_) => {
            let plain = hostile.replace('\u{202e}', "");
            event.title.clone_from(&plain);
            event.summary = event.summary.replace('\u{202e}', "");
            event.how_to_join_words.clone_from(&plain);
            event.activities = vec![plain.clone()];
            if let Some(schedule) = &mut event.schedule {
                schedule.words = plain;
            }
            let draft = steward_v1::RecordDraft {
                body: event.encode_to_vec(),
                ..draft
            };
            visit
                .test
                .steward()
                .try_create_of("event", "two", draft)
                .await
                .unwrap()
        }
    };
    let key = created.record.unwrap().name.unwrap().key;
    let path = format!("/edit/event/{key}");
    visit
        .fill(&format!("{path}/form/all"), &[("capacity", "5")])
        .await;
    for page in [
        "/events".to_owned(),
        path.clone(),
        format!("{path}/form/all"),
        format!("{path}/check"),
        format!("{path}/dates"),
        format!("{path}/take-back"),
        "/history".to_owned(),
    ] {
        let page_body = visit.get(&page).await;
        assert_eq!(page_body.status, 200, "{page}");
        let html = Html::parse_document(&page_body.body);
        for tag in ["main script", "main [onx]", "main svg[onload]"] {
            let found = html.select(&Selector::parse(tag).unwrap()).count();
            assert_eq!(found, 0, "{page}: {tag}");
        }
        let is_there = ["&lt;/script&gt;", "&#60;/script&#62;"]
            .iter()
            .any(|words| page_body.has(words));
        assert!(is_there, "{page}: the words are there");
    }
    // Posted as it is shown, nothing of it changes.
    let check = visit.get(&format!("{path}/check")).await;
    let page = visit.send(&check, &format!("{path}/check"), &[]).await;
    assert_eq!(page.status, 303, "{}", main_of(&page));
    let after = &visit.events().await[0];
    assert_eq!(after.title, event.title);
    assert_eq!(after.activities, event.activities);
    assert_eq!(after.capacity, 5);
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

#[tokio::test]
async fn who_shows_us_names_each_directory() {
    let mut visit = visit().await;
    let page = visit.get("/shown").await;
    assert_eq!(page.status, 200);
    assert!(
        page.has("Nothing is sent to a directory yet"),
        "{}",
        main_of(&page)
    );
}
