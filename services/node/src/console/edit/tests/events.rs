//! Days of events: in words, moved, cancelled, copied, from a file.

use super::{NEW_EVENT, NEW_LISTING, listing, main_of, tea, visit};

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

#[tokio::test]
async fn words_that_leave_something_open_are_asked_about_on_the_same_page() {
    let mut visit = visit().await;
    let words = [
        ("title", "Tuesday tea"),
        ("schedule.words", "every second Tuesday evening"),
        ("online.available", "yes"),
        ("openness", "1"),
    ];
    let asked = visit.fill(NEW_EVENT, &words).await;
    assert_eq!(asked.status, 422);
    for control in [
        "name=\"schedule.first\" value=\"2026-05-05\"",
        "Tuesday 12 May",
        "name=\"schedule.clock\"",
    ] {
        assert!(asked.has(control), "{control}: {}", main_of(&asked));
    }
    let answers = [("schedule.first", "2026-05-12"), ("schedule.clock", "7-9")];
    let page = visit.send(&asked, NEW_EVENT, &answers).await;
    let check = visit.follow(&page).await;
    for day in ["12 May", "26 May", "9 June", "23 June", "7 July"] {
        assert!(check.has(day), "{day}: {}", main_of(&check));
    }
    visit.publish_checked(&page).await;
    let schedule = visit.events().await.remove(0).schedule.unwrap();
    assert_eq!(schedule.start, "2026-05-12T19:00");
    assert_eq!(schedule.words, "every second Tuesday evening");
}

#[tokio::test]
async fn a_new_event_is_where_the_group_is() {
    let mut visit = visit().await;
    visit.publish(NEW_LISTING, &listing()).await;
    let key = visit.get("/listing").await.location().to_owned();
    let place = format!("{}/form/where", visit.short(&key));
    let town = [
        ("places.0.precision", "3"),
        ("places.0.name", "Sheffield"),
        ("places.0.country", "GB"),
    ];
    visit.publish(&place, &town).await;
    let form = visit.get(NEW_EVENT).await;
    assert!(form.has("value=\"Sheffield\""), "{}", main_of(&form));
    assert!(!form.has("not sent yet"), "nothing is saved by looking");
    visit.publish(NEW_EVENT, &tea()).await;
    let event = visit.events().await.remove(0);
    assert_eq!(event.place.unwrap().name, "Sheffield");
    let room = visit.get("/edit/offer/new-space/form/all").await;
    assert!(room.has("value=\"Sheffield\""));
}
