//! Sheets, booklets, links to share, calendars to follow, and requests about entries.

use hedgerow_store::contract::StoredGroup;
use hedgerow_store::{Moderation as _, Objections as _, Wish};
use hedgerow_testkit::samples::{listing, weekly};
use http::{Method, StatusCode};

use super::{Visitor, filled};

#[tokio::test]
async fn ticked_results_become_a_sheet_and_stay_ticked_on_other_pages() {
    let (visitor, id) = filled().await;
    let found = visitor.post("/search", "q=depression").await;
    let boxes = found.attributes("input[name=pick]", "value");
    assert_eq!(boxes.len(), 2, "{}", found.html);
    let own = format!("/group/{id}/listing/own");
    assert!(boxes.contains(&own), "{boxes:?}");
    let again = visitor
        .post("/search", &format!("q=garden&pick={own}&pick=/evil"))
        .await;
    let kept = again.attributes("form.results > input[name=pick]", "value");
    assert_eq!(kept, [own.as_str()], "{}", again.html);
    let ticked = visitor
        .post("/search", &format!("q=depression&pick={own}"))
        .await;
    let checked = ticked.attributes("input[name=pick][checked]", "value");
    assert_eq!(checked, [own.as_str()]);

    let room = format!("/group/{id}/offer/room");
    let gone = format!("/group/{id}/listing/gone");
    let form = format!("pick={own}&pick={room}&pick={gone}&pick={own}");
    let sheet = visitor.post("/sheet", &form).await;
    assert_eq!(sheet.status, StatusCode::OK);
    assert_eq!(sheet.text(".sheet h2"), "Low Mood Circle\nQuiet room");
    let text = sheet.text(".sheet");
    for part in [
        "Tuesdays at seven",
        "Just turn up.",
        "1 of them is not here",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(sheet.attributes("svg.qr path", "d").len(), 2);
    let addresses = sheet.text(".address");
    assert_eq!(addresses, format!("{own}\n{room}"), "no host was named");
    let code = sheet.attributes("svg.qr path", "d")[0].clone();
    let named = visitor
        .request_with(
            Method::POST,
            "/sheet",
            Some(&form),
            &[("host", "directory.example")],
        )
        .await;
    let addresses = named.text(".address");
    let expected = format!("https://directory.example{own}");
    assert_eq!(addresses.lines().next(), Some(expected.as_str()));
    assert_ne!(named.attributes("svg.qr path", "d")[0], code);
    let forged = [("host", "directory.example@evil.example")];
    let forged = visitor
        .request_with(Method::POST, "/sheet", Some(&form), &forged)
        .await;
    assert!(!forged.html.contains("evil"), "{}", forged.html);
    let empty = visitor.post("/sheet", "pick=nonsense").await;
    assert!(empty.text(".empty").contains("ticked nothing"));
}

#[tokio::test]
async fn a_link_is_made_only_on_request_after_a_page_says_what_it_tells() {
    let (visitor, _) = filled().await;
    let form = "q=depression&near=Sheffield&within=20mi&free=yes&evil=1";
    let asked = visitor.post("/share", form).await;
    let text = asked.text("main");
    for part in ["depression", "Sheffield, 20 miles", "Free"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!asked.html.contains("/search?"), "{}", asked.html);
    let made = visitor.post("/share", &format!("{form}&make=yes")).await;
    let link = &made.attributes("main a", "href")[0];
    assert_eq!(
        link,
        "/search?q=depression&near=Sheffield&within=20mi&free=yes"
    );
    let found = visitor.get(link).await;
    assert_eq!(found.status, StatusCode::OK);
    let posted = visitor.post("/search", form).await;
    assert_eq!(found.text("h1"), posted.text("h1"));
    assert!(found.text("main").contains("You came by a link"));
    assert!(!posted.text("main").contains("You came by a link"));
    assert_eq!(found.headers["referrer-policy"], "no-referrer");
    let nothing = visitor.post("/share", "within=20mi&make=yes").await;
    assert!(nothing.text("main").contains("nothing to share yet"));
    let long = format!("/search?q={}", "x".repeat(20_000));
    let long = visitor.get(&long).await;
    assert_eq!(long.status, StatusCode::URI_TOO_LONG);
}

#[tokio::test]
async fn a_booklet_numbers_groups_by_place_and_its_indexes_agree() {
    let visitor = Visitor::new().await;
    let mut group = StoredGroup::new(1);
    for (number, (name, place)) in [
        ("The Zebra Club", Some("Leeds")),
        ("Apple Circle", Some("Leeds")),
        ("Middle Way", Some("Bradford")),
        ("Nowhere Club", Some("Plymouth")),
    ]
    .into_iter()
    .enumerate()
    {
        let mut one = listing(name, "Tea and talk", place);
        one.website = "https://group.example/".into();
        if number == 0 {
            one.who_for = vec![hedgerow_proto::v1::WhoFor {
                communities: vec!["community:women".into()],
                ..Default::default()
            }];
        }
        group.put("listing", &format!("k{number}"), &one);
    }
    visitor.indexed.publish(&mut group).await;
    let form = visitor.get("/printed").await;
    assert_eq!(form.attributes(".booklet", "class").len(), 0);
    let page = visitor.post("/printed", "near=Leeds&within=20mi").await;
    assert_eq!(page.status, StatusCode::OK);
    let places = page.text(".chapter:not(.index) > h2");
    assert_eq!(places, "Bradford\nLeeds", "{}", page.html);
    let names = page.text(".listed h3");
    assert_eq!(names, "1 Middle Way\n2 Apple Circle\n3 The Zebra Club");
    let contents = page.text(".contents li");
    assert!(contents.starts_with("Bradford 1\nLeeds 2–3"), "{contents}");
    let indexes = page.text(".index li");
    assert_eq!(
        indexes,
        "Women 3\nApple Circle 2\nMiddle Way 1\nThe Zebra Club 3"
    );
    for link in page.attributes(".booklet a[href^='#']", "href") {
        assert_eq!(page.attributes(&link, "id").len(), 1, "{link}");
    }
    assert!(page.text(".cover").contains("3 groups"));
    // Without a distance, an area is meant as a whole, and nothing around it.
    let area = visitor
        .post("/printed", "near=West+Yorkshire&within=")
        .await;
    assert_eq!(area.text(".listed h3").lines().count(), 3, "{}", area.html);
    let unknown = visitor.post("/printed", "near=Qqqqqqqq").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    let empty = visitor.post("/printed", "near=Inverness&within=3mi").await;
    assert!(empty.text(".empty").contains("No group is listed there"));
}

#[tokio::test]
async fn a_booklet_has_all_groups_of_a_town_and_only_so_many_are_made_at_a_time() {
    let visitor = Visitor::new().await;
    let mut group = StoredGroup::new(1);
    for number in 0..130 {
        let one = listing(&format!("Circle {number:03}"), "", Some("Leeds"));
        group.put("listing", &format!("k{number}"), &one);
    }
    visitor.indexed.publish(&mut group).await;
    let page = visitor.post("/printed", "near=Leeds&within=3mi").await;
    assert_eq!(page.text(".listed h3").lines().count(), 130);
    assert!(page.text(".contents li").starts_with("Leeds 1–130"));
    assert_eq!(
        page.text("main > .notice:not(.screen)"),
        "",
        "it is complete"
    );
    let all = futures::future::join_all(
        (0..6).map(|_| visitor.post("/printed", "near=Leeds&within=3mi")),
    );
    let all = all.await;
    let count = |status| all.iter().filter(|page| page.status == status).count();
    assert_eq!(count(StatusCode::OK), 2);
    assert_eq!(count(StatusCode::SERVICE_UNAVAILABLE), 4);
}

#[tokio::test]
async fn a_calendar_to_follow_says_what_its_address_tells() {
    let (visitor, _) = filled().await;
    let asked = visitor
        .post("/whats-on/calendar", "near=Sheffield&kind=&from=2026-11-27")
        .await;
    assert!(asked.text("main").contains("Sheffield"), "{}", asked.html);
    let href = &asked.attributes("a[download]", "href")[0];
    assert_eq!(href, "/whats-on.ics?near=Sheffield");
    let file = visitor.get(href).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.headers["content-type"], "text/calendar; charset=utf-8");
    let calendar: icalendar::Calendar = file.html.parse().unwrap();
    let events: Vec<_> = calendar
        .components
        .iter()
        .filter_map(icalendar::CalendarComponent::as_event)
        .collect();
    assert_eq!(events.len(), 1, "{}", file.html);
    assert!(file.html.contains("SUMMARY:Garden walk"), "{}", file.html);
    assert!(file.html.contains("RRULE:FREQ=WEEKLY"), "{}", file.html);
    let tag = file.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(file.headers["cache-control"], "private, max-age=300");
    let again = visitor
        .request_with(Method::GET, href, None, &[("if-none-match", &tag)])
        .await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert_eq!(again.html, "");
    let far = visitor.get("/whats-on.ics?near=Plymouth").await;
    assert!(!far.html.contains("BEGIN:VEVENT"), "{}", far.html);
    let everywhere = visitor.get("/whats-on.ics").await;
    assert!(everywhere.html.contains("BEGIN:VEVENT"));
    for wrong in [
        "/whats-on.ics?near=Qqqqqqqq".to_owned(),
        format!("/whats-on.ics?near={}", "x".repeat(2_000)),
    ] {
        let page = visitor.get(&wrong).await;
        assert!(page.status.is_client_error(), "{wrong}");
    }
}

#[tokio::test]
async fn what_is_on_is_narrowed_by_kind() {
    let visitor = Visitor::new().await;
    let mut group = StoredGroup::new(1);
    for (key, activity) in [("a", "activity:walking"), ("b", "activity:creativity")] {
        let mut event = weekly(&format!("Event {key}"), "2026-09-22T18:00", "Sheffield");
        event.activities = vec![activity.to_owned()];
        group.put("event", key, &event);
    }
    visitor.indexed.publish(&mut group).await;
    let all = visitor.get("/whats-on").await;
    let kinds = all.attributes("#kind option", "value");
    assert!(kinds.len() >= 2, "{kinds:?}: {}", all.html);
    let kind = kinds.iter().find(|kind| !kind.is_empty()).unwrap();
    let one = visitor.post("/whats-on", &format!("kind={kind}")).await;
    assert_eq!(one.attributes(".hit h3 a", "href").len(), 1, "{}", one.html);
    assert_eq!(
        one.attributes("#kind option[selected]", "value"),
        [kind.as_str()]
    );
    let none = visitor
        .post("/whats-on", &format!("kind={kind}&near=Plymouth"))
        .await;
    assert_eq!(
        none.attributes("#kind option[selected]", "value"),
        [kind.as_str()]
    );
}

#[tokio::test]
async fn a_request_about_an_entry_reaches_the_operators_queue_and_no_page_shows_it() {
    let (visitor, id) = filled().await;
    let found = visitor.post("/search", "q=old+group").await;
    let record = &found.attributes(".hit h3 a", "href")[0];
    let link = visitor.get(record).await.attributes("#yours a", "href");
    let path = format!("{record}/yours");
    assert!(link.contains(&path), "{link:?}");
    let form = visitor.get(&path).await;
    assert!(form.text("main").contains("Publish your own words"));
    assert!(form.text("main").contains("hello@library.example"));
    for (typed, field) in [
        ("words=x".to_owned(), "#wish"),
        ("wish=steal".to_owned(), "#wish"),
        ("wish=correct&words=+".to_owned(), "#words"),
        (format!("wish=remove&words={}", "x".repeat(1_001)), "#words"),
        (format!("wish=remove&reply={}", "x".repeat(201)), "#reply"),
    ] {
        let page = visitor.post(&path, &typed).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{field}");
        assert_eq!(page.attributes(".errors a", "href"), [field]);
        assert_eq!(page.attributes(field, "id").len(), 1, "{field}");
    }
    let forged = visitor
        .request_with(
            Method::POST,
            &path,
            Some("wish=remove"),
            &[("sec-fetch-site", "cross-site")],
        )
        .await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let store = &visitor.indexed.store;
    assert!(store.list_objections().await.unwrap().is_empty());
    let sent = visitor
        .post(&path, "wish=remove&words=We+moved&reply=me%40example.org")
        .await;
    assert_eq!(sent.status, StatusCode::OK);
    assert_eq!(sent.text("h1"), "Thank you");
    let waiting = store.list_objections().await.unwrap();
    let (_, one) = &waiting[0];
    assert_eq!(one.wish, Wish::Remove);
    assert_eq!(
        (one.words.as_str(), one.reply.as_str()),
        ("We moved", "me@example.org")
    );
    assert!(record.ends_with(&one.name.to_string()), "{}", one.name);
    store
        .hide_entry(&one.group, &one.name, visitor.indexed.now())
        .await
        .unwrap();
    assert_eq!(visitor.get(record).await.status, StatusCode::NOT_FOUND);
    visitor.indexed.wait_for_latest().await;
    let found = visitor.post("/search", "q=old+group").await;
    assert!(!found.html.contains(record), "{}", found.html);
    store.show_entry(&one.group, &one.name).await.unwrap();
    visitor.indexed.wait_for_latest().await;
    let found = visitor.post("/search", "q=old+group").await;
    assert!(found.html.contains(record), "{}", found.html);
    // A person cannot fill the queue alone.
    let mut refused = 0;
    for _ in 0..15 {
        let page = visitor.post(&path, "wish=remove").await;
        refused += u32::from(page.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(refused, 6);
    let own = visitor.get(&format!("/group/{id}/listing/own/yours")).await;
    assert!(own.text("main").contains("lost the way in"));
    let gone = visitor
        .get(&format!("/group/{id}/listing/gone/yours"))
        .await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}
